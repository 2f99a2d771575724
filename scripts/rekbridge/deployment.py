"""A deployment of Rekbridge: which account or emulator, which packages, which variables."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rekbridge import paths
from rekbridge.cloud import LocalCloud
from rekbridge.cloud.children import CREDENTIALS
from rekbridge.packaging.build import build, folder, host_architecture
from rekbridge.terraform import environment
from rekbridge.terraform.driver import Terraform

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
    packaged = _packaged(host_architecture())
    told = {**variables, **packaged, "target": cloud.target}
    return _ready(Terraform(cloud.terraform_folder, environment.of_cloud(cloud), told, tfvars, say))


def to_localstack(tfvars: Path | None = None, say: Say = lambda _: None) -> Terraform:
    """On a LocalStack that runs already; AWS_ENDPOINT_URL says where, if not at the usual place."""
    endpoint = {"AWS_ENDPOINT_URL": os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")}
    told = {**({} if tfvars else LOCAL), **_packaged(host_architecture()), "target": "localstack"}
    here = paths.home() / "deployments" / "localstack"
    return _ready(Terraform(here, environment.of_emulator(CREDENTIALS | endpoint), told, tfvars, say))


def to_account(tfvars: Path, architecture: str, say: Say = lambda _: None) -> Terraform:
    """On the AWS account that the operator's credentials are for; one state for each file of variables."""
    told = {**_packaged(architecture), "target": "aws"}
    here = paths.home() / "deployments" / tfvars.name.partition(".")[0]
    return _ready(Terraform(here, environment.of_account(), told, tfvars, say))


def _packaged(architecture: str) -> dict[str, str]:
    into = folder(architecture)
    build(architecture, into)
    return {"package_dir": str(into), "architecture": architecture}


def _ready(terraform: Terraform) -> Terraform:
    terraform.folder.mkdir(parents=True, exist_ok=True)
    terraform.init()
    return terraform
