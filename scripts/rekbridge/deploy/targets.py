"""The targets of a deployment and the options that name them."""

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rekbridge.deploy import deployment
from rekbridge.emulator import LocalCloud
from rekbridge.support import paths
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.driver import Terraform


class DeploymentTarget(StrEnum):
    """Where Rekbridge is deployed to."""

    aws = "aws"
    ministack = "ministack"
    localstack = "localstack"


TargetOption = Annotated[
    DeploymentTarget, typer.Option(help="An AWS account (aws), the local cloud, or a LocalStack of your own.")
]
TfvarsOption = Annotated[
    Path | None,
    typer.Option(help="File with the Terraform variables. Required for an AWS account.", exists=True, dir_okay=False),
]


def get_terraform(target: DeploymentTarget, tfvars: Path | None) -> Terraform:
    """Return Terraform for what is deployed to a target. Raises OperatorError if the target is not usable."""
    if target is DeploymentTarget.aws:
        return deployment.get_account_terraform(require_tfvars(tfvars))
    cloud = find_local_cloud(target)
    return deployment.get_cloud_terraform(cloud) if cloud else deployment.get_localstack_terraform()


def require_tfvars(tfvars: Path | None) -> Path:
    """Return the tfvars file, which an AWS account requires. Raises OperatorError if none is given."""
    if tfvars is None:
        raise OperatorError(
            "A deployment to an AWS account needs a file with your variables: regions, allowed regions, operations.",
            f"The variables are described in {paths.ROOT}/terraform/*.tf. Name your file: --tfvars my.tfvars\n"
            "To use the local cloud instead: --target ministack",
        )
    return tfvars


def find_local_cloud(target: DeploymentTarget) -> LocalCloud | None:
    """Return the local cloud if it is this target, or None for a LocalStack that Rekbridge did not start.

    Raises OperatorError if the local cloud is down or is another target.
    """
    cloud = LocalCloud.get_shared()
    if target is DeploymentTarget.localstack and cloud.state != "ready":
        return None
    if cloud.target.value != target.value:
        raise OperatorError(
            f"The running local cloud is {cloud.target}, not {target}.",
            f"Deploy to it, or replace it: rekbridge cloud down, then: rekbridge cloud up --target {target}",
        )
    return cloud


def format_target_options(target: str) -> list[str]:
    """Return the options that choose this target again in another command."""
    return [] if target == DeploymentTarget.aws else ["--target", target]


def format_command(name: str, target: str, tfvars: Path | None) -> str:
    """Return the command of this name for the same deployment, to be copied to a shell."""
    variables = ["--tfvars", str(tfvars)] if tfvars else []
    return shlex.join(["rekbridge", name, *format_target_options(target), *variables])
