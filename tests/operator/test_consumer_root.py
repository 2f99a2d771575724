"""terraform/examples/consumer on a local cloud, applied from outside of the repository, with released packages."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rekbridge.emulator import LocalCloud
from rekbridge.packaging.build import get_host_architecture
from rekbridge.support import paths
from rekbridge.terraform import environment, running, tree
from rekbridge.testing.waiting import wait_until

from tests.integration.sample_images import make_image

EXAMPLE = paths.ROOT / "terraform" / "examples" / "consumer"
HOME, BUCKET = "eu-west-3", "team-releases"

# What differs on an emulator, and where the copy of the modules is; Terraform merges it into the team's blocks.
PROVIDER = {
    "skip_credentials_validation": True,
    "skip_metadata_api_check": True,
    "skip_requesting_account_id": True,
    "s3_use_path_style": True,
}
OVERRIDE = {
    "provider": {"aws": [PROVIDER | {"alias": alias} for alias in ("home", "remote")]},
    "module": {"rekbridge": {"source": "../checkout/modules/rekbridge", "target": "ministack"}},
}


@dataclass(frozen=True, slots=True)
class ConsumerRoot:
    """A team's root module outside of the repository, and the cloud that it is applied to."""

    folder: Path
    cloud: LocalCloud

    @property
    def environment(self) -> dict[str, str]:
        """The environment of Terraform and of `rekbridge`."""
        data = {"TF_DATA_DIR": str(self.folder / "data")}
        return environment.build_cloud_environment(self.cloud) | data | {"AWS_DEFAULT_REGION": HOME}

    def terraform(self, *arguments: str) -> str:
        """Run Terraform and return its output. Raises OperatorError if it fails."""
        return running.run(self.folder, list(arguments), self.environment)

    def read_outputs(self) -> dict[str, Any]:
        """Return the root's outputs by name."""
        return {name: output["value"] for name, output in json.loads(self.terraform("output", "-json")).items()}

    def release_packages(self) -> str:
        """Upload the packages with the command, and copy its variables into the root. Returns what it printed."""
        release, architecture = self.folder.parent / "release", get_host_architecture()
        command = [str(Path(sys.executable).with_name("rekbridge")), "package", "--architecture", architecture]
        command += ["--release", str(release), "--upload", f"s3://{BUCKET}/rekbridge/0.1.0"]
        variables = os.environ | self.environment | {"REKBRIDGE_HOME": str(paths.get_home()), "COLUMNS": "200"}
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        shutil.copy(release / architecture / "packages.auto.tfvars.json", self.folder)
        return done.stdout


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsumerRoot]:
    """The example, applied: the modules are beside it as git would fetch them."""
    folder = tmp_path_factory.mktemp("team")
    tree.copy_configuration(folder / "checkout")
    shutil.copytree(EXAMPLE, folder / "root")
    (folder / "root" / "emulator_override.tf.json").write_text(json.dumps(OVERRIDE))
    with LocalCloud.start_private(folder / "cloud") as cloud:
        consumer = ConsumerRoot(folder / "root", cloud)
        location = {"LocationConstraint": HOME}
        cloud.client("s3", HOME).create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location)
        consumer.release_packages()
        running.init(consumer.folder, consumer.environment)
        consumer.terraform("apply", "-input=false", "-auto-approve")
        yield consumer


def receive_event(root: ConsumerRoot) -> dict[str, Any] | None:
    sqs, url = root.cloud.client("sqs", HOME), root.read_outputs()["queue_url"]
    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", [])
    return json.loads(messages[0]["Body"]) if messages else None


def test_an_uploaded_image_becomes_an_event_in_the_teams_queue(root: ConsumerRoot) -> None:
    bucket = root.read_outputs()["media_bucket"]
    root.cloud.client("s3", HOME).put_object(Bucket=bucket, Key="anna/portrait.jpg", Body=make_image("consumer"))
    event = wait_until(lambda: receive_event(root), "the event of anna/portrait.jpg is in the team's queue")
    assert event is not None
    assert (event["detail-type"], event["detail"]["operation"], event["detail"]["status"]) == (
        "Analysis Finished",
        "faces",
        "done",
    )


def test_a_second_plan_changes_nothing(root: ConsumerRoot) -> None:
    # With this option, Terraform ends with 2 if there are changes, which raises an error.
    root.terraform("plan", "-input=false", "-detailed-exitcode")


def test_every_resource_has_the_teams_own_names(root: ConsumerRoot) -> None:
    resources = json.loads(root.terraform("show", "-json"))["values"]["root_module"]["child_modules"]
    functions = [
        resource["values"]["function_name"]
        for module in resources
        for inner in iterate_modules(module)
        for resource in inner.get("resources", [])
        if resource["type"] == "aws_lambda_function"
    ]
    assert sorted(functions) == [f"photos-{name}" for name in ("analyze", "api", "bridge", "ingest", "route", "sweep")]


def iterate_modules(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield module
    for inner in module.get("child_modules", []):
        yield from iterate_modules(inner)


def test_the_functions_run_the_released_zips(root: ConsumerRoot) -> None:
    packages = json.loads((root.folder / "packages.auto.tfvars.json").read_text())["packages"]
    client = root.cloud.client("lambda", HOME)
    deployed = {
        name: client.get_function_configuration(FunctionName=f"photos-{name}")["CodeSha256"] for name in packages
    }
    assert deployed == {name: package["sha256"] for name, package in packages.items()}


def test_what_was_released_is_not_uploaded_again(root: ConsumerRoot) -> None:
    # Six zips, and the SBOM of each.
    assert "0 uploaded, 12 were there" in root.release_packages()
