"""A deployment of every earlier release keeps what holds data: real plans on states of their resources."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from rekbridge.deploy.schema import TAG, load_schema
from rekbridge.deploy.upgrade import loses_data
from rekbridge.terraform import environment, running, tree
from rekbridge.terraform.changes import DATA_BY_TYPE

from tests.plan.conftest import EXAMPLE, FUNCTIONS
from tests.plan.fake_aws import serve_aws
from tests.plan.terraform_plan import TerraformPlan

type Changes = list[dict[str, Any]]

RELEASES = sorted((Path(__file__).parent / "releases").glob("*.json"))


@pytest.fixture(scope="module", params=RELEASES, ids=lambda release: release.stem)
def release(request: pytest.FixtureRequest) -> Path:
    """The state of an earlier release."""
    return Path(request.param)


@pytest.fixture(scope="module")
def changes(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Changes:
    """What a plan does with the data of an earlier release."""
    return plan_on_release(release, tmp_path_factory.mktemp("upgrade"))


def plan_on_release(release: Path, folder: Path, **edits: tuple[str, str]) -> Changes:
    """Plan the example on the state of a release. `edits` replace a text in every file of the configuration."""
    root = tree.copy_configuration(folder / "tree")
    for old, new in edits.values():
        for file in root.parent.rglob("*.tf"):
            file.write_text(file.read_text().replace(old, new))
    shutil.copy(release, root / "terraform.tfstate")
    for name in FUNCTIONS:
        zipfile.ZipFile(folder / f"{name}.zip", "w").close()
    with serve_aws() as aws:
        variables = environment.build_isolated_environment() | aws.environment | {"TF_DATA_DIR": str(folder / "data")}
        running.init(root, variables)
        options = ["-input=false", "-refresh=false", f"-var-file={EXAMPLE}", f"-var=package_dir={folder}"]
        running.run(root, ["plan", *options, f"-out={folder / 'plan'}"], variables)
        document = json.loads(running.run(root, ["show", "-json", str(folder / "plan")], variables))
    return [change for change in document["resource_changes"] if change["type"] in DATA_BY_TYPE]


def list_lost(changes: Changes) -> list[str]:
    """The addresses of what a plan would delete or replace."""
    return [change["address"] for change in changes if loses_data(change)]


def test_nothing_that_holds_data_is_deleted_or_replaced(changes: Changes) -> None:
    assert list_lost(changes) == []


def test_everything_that_holds_data_is_taken_over(changes: Changes, release: Path) -> None:
    taken_over = [change for change in changes if change["change"]["actions"] in (["no-op"], ["update"])]
    instances = [one for resource in json.loads(release.read_text())["resources"] for one in resource["instances"]]
    assert len(taken_over) == len(instances) > 0


def test_a_changed_name_and_a_missing_move_would_be_noticed(tmp_path: Path) -> None:
    renamed = ('"${var.prefix}-claims"', '"${var.prefix}-leases"')
    forgotten = ("from = module.remote\n", "from = module.nowhere\n")
    lost = list_lost(plan_on_release(RELEASES[0], tmp_path, renamed=renamed, forgotten=forgotten))
    assert "module.rekbridge.module.home.aws_dynamodb_table.claims" in lost
    assert "module.remote.module.staging.aws_s3_bucket.this" in lost


def test_every_table_carries_the_schema_version(plan: TerraformPlan) -> None:
    tags = [table.values["tags_all"] for table in plan.find_all("aws_dynamodb_table")]
    assert [one[TAG] for one in tags] == [str(load_schema().version)] * 3
