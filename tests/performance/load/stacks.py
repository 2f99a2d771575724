"""Deployed stacks that are put under load: the local cloud's, a private one, or that of an account by its tfvars."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rekbridge.deploy import deployment
from rekbridge.deploy.session import open_deployment
from rekbridge.deploy.targets import DeploymentTarget, get_terraform
from rekbridge.emulator import LocalCloud
from rekbridge.read_models.deployment import Deployment
from rekbridge.support.errors import OperatorError
from rekbridge.testing import LocalRekognition, Stack

from tests.performance.load.call_counts import CallReader, create_log_reader, create_metrics_reader

# The smallest forms share one stack: one operation per transfer, both cheap, and a home without Rekognition.
SMALLEST_TPS = 5
SMALLEST_REGIONS = ("eu-central-1", "eu-west-1")
SMALLEST_VARIABLES: dict[str, Any] = {
    "home_region": "eu-west-3",
    "remote_region": "eu-west-1",
    "allowed_regions": SMALLEST_REGIONS,
    "operations": {"faces": {"transfer": "bytes"}, "moderation": {"transfer": "staged"}},
    "quotas": {region: {"DetectFaces": SMALLEST_TPS} for region in SMALLEST_REGIONS},
}


@dataclass(frozen=True)
class LoadTarget:
    """A stack under load, the environment of a program that talks to it, and a reader of Rekognition's calls."""

    deployed: Deployment
    environment: Mapping[str, str]
    read_calls: CallReader


@contextmanager
def open_target(name: str) -> Iterator[LoadTarget]:
    """The stack `local`, `private`, of a cloud's folder or of a tfvars file. Raises OperatorError if there is none."""
    match name:
        case "local":
            cloud = LocalCloud.get_shared()
            found = open_deployment(get_terraform(DeploymentTarget(cloud.target), None))
            if found is None:
                raise OperatorError("Nothing is deployed to the local cloud.", "Deploy first: rekbridge demo")
            yield LoadTarget(found[0], cloud.environment, create_log_reader(LocalRekognition(cloud.control_url)))
        case "private":
            with deploy_private(deployment.LOCAL_VARIABLES) as stack:
                yield create_target(stack)
        case _ if Path(name).is_dir():
            yield create_target(open_stack(Path(name)))
        case _ if Path(name).is_file():
            found = open_deployment(get_terraform(DeploymentTarget.aws, Path(name)))
            if found is None:
                raise OperatorError(f"{name} is not deployed.", f"Deploy first: rekbridge deploy --tfvars {name}")
            yield LoadTarget(found[0], {}, create_metrics_reader(found[0]))
        case _:
            raise OperatorError(
                f"There is no stack {name}.",
                "Name one: local, private, the folder of a running cloud, or a file of Terraform variables",
            )


@contextmanager
def deploy_private(variables: Mapping[str, Any]) -> Iterator[Stack]:
    """Deploy to a local cloud of its own; both are removed at the end of the block."""
    with TemporaryDirectory() as folder, LocalCloud.start_private(Path(folder)) as cloud:
        yield Stack.apply(cloud, variables)


@contextmanager
def use_stack(folder: Path | None, variables: Mapping[str, Any]) -> Iterator[Stack]:
    """The stack of a running cloud's folder, or a private one with these variables if there is no folder."""
    if folder:
        yield open_stack(folder)
    else:
        with deploy_private(variables) as stack:
            yield stack


def open_stack(folder: Path) -> Stack:
    """The stack of a cloud that another process has started."""
    cloud = LocalCloud(folder)
    terraform = deployment.get_cloud_terraform(cloud)
    return Stack(cloud, terraform, Deployment(terraform.read_outputs()["deployment"], cache(cloud.client)))


def create_target(stack: Stack) -> LoadTarget:
    """A stack on a local cloud as a load target."""
    return LoadTarget(
        stack.deployed, stack.cloud.environment, create_log_reader(LocalRekognition(stack.cloud.control_url))
    )
