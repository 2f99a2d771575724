"""Plans for an AWS account, created without AWS, for all tests of plans."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from rekbridge.support import locks, paths
from rekbridge.terraform import environment, running, tree

from tests.plan.fake_aws import ACCOUNT, serve_aws
from tests.plan.terraform_plan import TerraformPlan

FUNCTIONS = ("ingest", "bridge", "analyze", "route", "sweep", "api")
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/limits"
EXAMPLE = paths.ROOT / "terraform" / "examples" / "eu-west-3.tfvars"
LARGEST = Path(__file__).with_name("largest.tfvars")
SECOND = Path(__file__).with_name("second.tfvars")
ORGANISATION = Path(__file__).with_name("organisation.tfvars")


@pytest.fixture(scope="session")
def load_plan(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[Path], TerraformPlan]:
    """Loads the plan for a file of variables and an empty account; all test processes share the plans."""
    own_folder = tmp_path_factory.getbasetemp()
    shared_folder = own_folder if worker_id == "master" else own_folder.parent

    def load(tfvars: Path) -> TerraformPlan:
        folder = shared_folder / f"plan-{tfvars.name}"
        document = folder / "plan.json"
        with locks.hold(folder / "lock"):
            if not document.exists():
                document.write_text(create_plan(folder, tfvars))
        return TerraformPlan(json.loads(document.read_text()))

    return load


@pytest.fixture(scope="session")
def plan(load_plan: Callable[[Path], TerraformPlan]) -> TerraformPlan:
    """The plan of the example."""
    return load_plan(EXAMPLE)


@pytest.fixture(scope="session")
def largest_plan(load_plan: Callable[[Path], TerraformPlan]) -> TerraformPlan:
    """The plan with the longest names, the newest home region, and every operation in every region that has it."""
    return load_plan(LARGEST)


@pytest.fixture(scope="session")
def second_plan(load_plan: Callable[[Path], TerraformPlan]) -> TerraformPlan:
    """The plan of a second deployment beside the example, in the same account and regions."""
    return load_plan(SECOND)


@pytest.fixture(scope="session")
def organisation_plan(load_plan: Callable[[Path], TerraformPlan]) -> TerraformPlan:
    """The plan with everything that an organisation may require: network, keys, logs, tags, roles."""
    return load_plan(ORGANISATION)


def create_plan(folder: Path, tfvars: Path) -> str:
    """Plan with the real provider and a local AWS; gives the plan as JSON."""
    root = tree.copy_configuration(folder / "tree")
    for name in FUNCTIONS:
        zipfile.ZipFile(folder / f"{name}.zip", "w").close()
    options = [f"-var-file={tfvars}", f"-var=package_dir={folder}"]
    with serve_aws() as aws:
        variables = environment.build_isolated_environment() | aws.environment | {"TF_DATA_DIR": str(folder / "data")}
        running.init(root, variables)
        running.run(root, ["plan", "-input=false", *options, f"-out={folder / 'plan'}"], variables)
        return running.run(root, ["show", "-json", str(folder / "plan")], variables)
