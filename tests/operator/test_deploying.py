"""Plans and deploys with the real Terraform: half-done, planned ahead, refused, and seen from another machine."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from rekbridge.deploy import deployment
from rekbridge.emulator import LocalCloud, ports
from rekbridge.packaging.build import get_host_architecture
from rekbridge.support import paths
from rekbridge.terraform import running

REKBRIDGE = str(Path(sys.executable).with_name("rekbridge"))
TIMEOUT_S = 500
# A deployment on an emulator is ephemeral, unless its variables say that it is not.
VARIABLES = """
home_region     = "eu-west-3"
remote_region   = "eu-west-1"
allowed_regions = ["eu-west-1"]
ephemeral       = false
operations      = { labels = {}OTHERS }
"""
WITH_TEXT = VARIABLES.replace("OTHERS", ", text = {}")
WITHOUT_TEXT = VARIABLES.replace("OTHERS", "")
# A table and a bucket that the REST API depends on: Terraform would create the new one before it destroys the old one.
MADE_IN_PART = (
    "module.rekbridge.module.home.aws_dynamodb_table.library",
    "module.rekbridge.module.home.module.media.aws_s3_bucket.this",
)


@dataclass(frozen=True)
class Deployer:
    """Somebody with a tfvars file and a local cloud of their own."""

    folder: Path

    @property
    def cloud(self) -> LocalCloud:
        return LocalCloud(self.folder / "home" / "cloud")

    @property
    def tfvars(self) -> Path:
        return self.folder / "my.tfvars"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command; `stdout` has both of its outputs."""
        return subprocess.run(
            [REKBRIDGE, *arguments],
            env=os.environ | {"REKBRIDGE_HOME": str(self.folder / "home"), "COLUMNS": "1000"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )

    def deploy(self, *options: str) -> subprocess.CompletedProcess[str]:
        return self.run("deploy", "--target", "ministack", *options)

    def count_resources(self) -> int:
        """How many resources Terraform's state has."""
        try:
            document = json.loads((self.cloud.terraform_folder / "terraform.tfstate").read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return 0
        return sum(len(resource["instances"]) for resource in document["resources"] if resource["mode"] == "managed")

    def read_deployment(self) -> dict[str, Any]:
        """The output `deployment`."""
        output: dict[str, Any] = deployment.get_cloud_terraform(self.cloud).read_outputs()["deployment"]
        return output


@dataclass(frozen=True)
class Story:
    """A deploy that failed half-way, the plan of the rest in a file, and the apply of that file."""

    failed: subprocess.CompletedProcess[str]
    resources_then: int
    plan: subprocess.CompletedProcess[str]
    applied: subprocess.CompletedProcess[str]
    plan_file: Path


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployer]:
    operator = Deployer(tmp_path_factory.mktemp("operator"))
    home = operator.folder / "home"
    home.mkdir()
    for shared in ("venvs", "wheels"):
        (home / shared).symlink_to(paths.get_home() / shared)
    emulator, engine = map(str, ports.find_free_pair())
    up = operator.run("cloud", "up", "--port", emulator, "--engine-port", engine)
    assert up.returncode == 0, up.stdout
    yield operator
    operator.cloud.stop()


@pytest.fixture(scope="module")
def story(operator: Deployer) -> Story:
    operator.tfvars.write_text(WITH_TEXT)
    failed = deploy_until_a_name_is_taken(operator)
    resources = operator.count_resources()
    # As an apply does that is interrupted between the creation of a resource and its settings.
    terraform = deployment.get_cloud_terraform(operator.cloud)
    for address in MADE_IN_PART:
        running.run(
            terraform.root,
            ["taint", address],
            dict(terraform.environment) | {"TF_DATA_DIR": str(terraform.data_folder)},
        )
    file = operator.folder / "my.plan"
    options = ("--target", "ministack", "--tfvars", str(operator.tfvars), "--out", str(file), "--detailed-exitcode")
    plan = operator.run("plan", *options)
    # What is applied is in the file: neither this nor the packages are read again.
    operator.tfvars.write_text(WITHOUT_TEXT)
    for package in (operator.folder / "home" / "packages").glob("*/*.zip"):
        package.unlink()
    return Story(failed, resources, plan, operator.deploy("--plan", str(file)), file)


def deploy_until_a_name_is_taken(operator: Deployer) -> subprocess.CompletedProcess[str]:
    """Deploy while something else has the name of a table, and remove that afterwards."""
    tables = operator.cloud.client("dynamodb", "eu-west-3")
    tables.create_table(
        TableName="rekbridge-claims",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    failed = operator.deploy("--tfvars", str(operator.tfvars))
    tables.delete_table(TableName="rekbridge-claims")
    return failed


def find_changes(output: str) -> list[str]:
    return [line for line in output.splitlines() if re.match(r"  (create|update|replace|delete|forget) ", line)]


def test_a_half_done_deploy_is_finished_by_the_next(story: Story, operator: Deployer) -> None:
    assert (story.failed.returncode, "rekbridge-claims" in story.failed.stdout) == (1, True), story.failed.stdout
    assert story.applied.returncode == 0, story.applied.stdout
    assert 0 < story.resources_then < operator.count_resources()


def test_what_was_made_in_part_is_completed_not_replaced(story: Story) -> None:
    assert [line.split()[0] for line in find_changes(story.plan.stdout) if "create" not in line] == []
    assert [f"{address} was made in part" in story.plan.stdout for address in MADE_IN_PART] == [True] * 2


def test_a_plan_with_changes_exits_with_2_if_that_is_wanted(story: Story) -> None:
    assert story.plan.returncode == 2, story.plan.stdout


def test_what_was_shown_is_applied_although_variables_and_packages_have_changed(
    story: Story, operator: Deployer
) -> None:
    assert find_changes(story.applied.stdout) == find_changes(story.plan.stdout)
    assert operator.read_deployment()["operations"].keys() == {"labels", "text"}


def test_a_plan_is_applied_once(story: Story, operator: Deployer) -> None:
    again = operator.deploy("--plan", str(story.plan_file))
    assert (again.returncode, "Saved plan is stale" in again.stdout, "plan again" in again.stdout) == (1, True, True)


@pytest.mark.soak
def test_another_machine_plans_no_change(story: Story, operator: Deployer, tmp_path: Path) -> None:
    operator.tfvars.write_text(WITH_TEXT)
    assert story.applied.returncode == 0
    here = deployment.get_cloud_terraform(operator.cloud)
    tree = here.folder / "tree"
    packages = tmp_path / "elsewhere" / "packages"
    shutil.copytree(tree / "packages", packages)
    there = replace(here, folder=tmp_path / "elsewhere", packages=packages)
    prepared = deployment.initialize(
        there,
        {"architecture": get_host_architecture()},
        operator.tfvars,
        lambda _: None,
    )
    shutil.copyfile(here.state_file, prepared.state_file)
    drift = json.loads((paths.ROOT / "tests" / "integration" / "drift.json").read_text())
    known = {row["resource"] for row in drift if row["target"] == "ministack"}
    assert {change["address"] for change in prepared.plan()} - known == set()


@pytest.mark.soak
def test_an_operation_is_removed_with_its_queue_only_if_the_loss_of_its_messages_is_agreed_to(
    story: Story, operator: Deployer
) -> None:
    operator.tfvars.write_text(WITHOUT_TEXT)
    queue = operator.read_deployment()["queues"]["work"]["text"]
    sqs = operator.cloud.client("sqs", "eu-west-3")
    for _ in range(3):
        sqs.send_message(QueueUrl=queue["dlq_url"], MessageBody="waits")

    refused = operator.deploy("--tfvars", str(operator.tfvars), "--yes")
    assert (refused.returncode, f"3 messages are in {queue['dlq_name']}" in refused.stdout) == (1, True), refused.stdout
    assert sqs.get_queue_url(QueueName=queue["name"])["QueueUrl"]

    agreed = re.findall(r"--lose-data '(\S+)'", refused.stdout)
    options = [option for address in agreed for option in ("--lose-data", address)]
    applied = operator.deploy("--tfvars", str(operator.tfvars), "--yes", *options)
    assert (applied.returncode, len(agreed)) == (0, 2), applied.stdout
    assert operator.read_deployment()["operations"].keys() == {"labels"}
    assert [url for url in sqs.list_queues().get("QueueUrls", []) if queue["name"] in url] == []
