"""Plans for AWS, made without AWS, for all checks of them."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from rekbridge.support import locks, paths
from rekbridge.terraform import environment, running, tree

from tests.plan.planned import Plan
from tests.plan.sts import ACCOUNT, answering

FUNCTIONS = ("ingest", "bridge", "analyze", "route", "sweep", "api")
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/limits"
EXAMPLE = paths.ROOT / "terraform" / "examples" / "eu-west-3.tfvars"
LARGEST = Path(__file__).with_name("largest.tfvars")


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[Path], Plan]:
    """Plans for an empty account, by the file of variables; each planned once, also for several test processes."""
    mine = tmp_path_factory.getbasetemp()
    shared = mine if worker_id == "master" else mine.parent

    def of(tfvars: Path) -> Plan:
        folder = shared / f"plan-{tfvars.name}"
        shown = folder / "plan.json"
        with locks.held(folder / "lock"):
            if not shown.exists():
                shown.write_text(made(folder, tfvars))
        return Plan(json.loads(shown.read_text()))

    return of


@pytest.fixture(scope="session")
def plan(planned: Callable[[Path], Plan]) -> Plan:
    """What the example would make."""
    return planned(EXAMPLE)


@pytest.fixture(scope="session")
def largest(planned: Callable[[Path], Plan]) -> Plan:
    """The longest names, in the newest region, and every operation in every region that has it."""
    return planned(LARGEST)


def made(folder: Path, tfvars: Path) -> str:
    """Plan with the real provider; whose account it is, is asked of our own STS."""
    root = tree.copy(folder / "tree")
    for name in FUNCTIONS:
        zipfile.ZipFile(folder / f"{name}.zip", "w").close()
    variables = [f"-var-file={tfvars}", f"-var=package_dir={folder}"]
    with answering() as sts:
        told = environment.of_nobody() | {
            "AWS_ACCESS_KEY_ID": "planner",
            "AWS_SECRET_ACCESS_KEY": "planner",
            "AWS_ENDPOINT_URL_STS": sts,
            "TF_DATA_DIR": str(folder / "data"),
        }
        running.init(root, told)
        running.run(root, ["plan", "-input=false", *variables, f"-out={folder / 'plan'}"], told)
        return running.run(root, ["show", "-json", str(folder / "plan")], told)
