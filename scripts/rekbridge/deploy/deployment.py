"""A deployment of Rekbridge: which account or emulator, which packages, which variables."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rekbridge.emulator import LocalCloud
from rekbridge.emulator.localstack import host
from rekbridge.emulator.servers import CREDENTIALS
from rekbridge.packaging.build import build, folder, host_architecture
from rekbridge.support import paths
from rekbridge.support.errors import OperatorError
from rekbridge.terraform import environment
from rekbridge.terraform.driver import Terraform
from rekbridge.terraform.variables import name

Say = Callable[[str], None]

# What is deployed locally unless something else is asked for: a home without any Rekognition, and both ways to it.
LOCAL: dict[str, Any] = {
    "home_region": "eu-west-3",
    "remote_region": "eu-west-1",
    "allowed_regions": ["eu-west-1"],
    "operations": {"faces": {"way": "bytes"}, "labels": {"way": "bytes"}, "text": {"way": "staged"}},
}


def to_cloud(
    cloud: LocalCloud, variables: Mapping[str, Any] = LOCAL, tfvars: Path | None = None, say: Say = lambda _: None
) -> Terraform:
    """On a running local cloud, with the packages of this machine's architecture, which are built here."""
    return _ready(on_cloud(cloud), {**variables, **_packaged(host_architecture())}, tfvars, say)


def to_localstack(tfvars: Path | None = None, say: Say = lambda _: None) -> Terraform:
    """On a LocalStack that runs already; AWS_ENDPOINT_URL says where, if not at the usual place."""
    there = on_localstack()
    endpoint = there.environment["AWS_ENDPOINT_URL"]
    if host.version(endpoint) is None:
        raise OperatorError(
            f"No LocalStack answers at {endpoint}.",
            "Say where yours is (AWS_ENDPOINT_URL), or start one: rekbridge cloud up --target localstack",
        )
    return _ready(there, {**({} if tfvars else LOCAL), **_packaged(host_architecture())}, tfvars, say)


def to_account(tfvars: Path, architecture: str, allowed: Mapping[str, Any], say: Say = lambda _: None) -> Terraform:
    """On the AWS account that the operator's credentials are for; one state for each file of variables."""
    return _ready(on_account(tfvars), {**allowed, **_packaged(architecture)}, tfvars, say)


def on_cloud(cloud: LocalCloud) -> Terraform:
    """What was deployed to a running local cloud, as it stands."""
    return Terraform(cloud.terraform_folder, environment.of_cloud(cloud), {"target": cloud.target})


def on_localstack() -> Terraform:
    """What was deployed to a LocalStack that runs already."""
    endpoint = {"AWS_ENDPOINT_URL": os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")}
    here = paths.home() / "deployments" / "localstack"
    return Terraform(here, environment.of_emulator(CREDENTIALS | endpoint), {"target": "localstack"})


def on_account(tfvars: Path) -> Terraform:
    """What was deployed to an AWS account with these variables."""
    here = paths.home() / "deployments" / name(tfvars)
    return Terraform(here, environment.of_account(), {"target": "aws"})


def _packaged(architecture: str) -> dict[str, str]:
    into = folder(architecture)
    build(architecture, into)
    return {"package_dir": str(into), "architecture": architecture}


def _ready(terraform: Terraform, variables: Mapping[str, Any], tfvars: Path | None, say: Say) -> Terraform:
    ready = replace(terraform, variables={**variables, **terraform.variables}, tfvars=tfvars, say=say)
    ready.folder.mkdir(parents=True, exist_ok=True)
    ready.init()
    return ready
