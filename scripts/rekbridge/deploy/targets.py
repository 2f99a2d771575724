"""What can be deployed to, and what stands there."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rekbridge.deploy import deployment
from rekbridge.emulator import LocalCloud
from rekbridge.support import paths
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.driver import Terraform


class Target(StrEnum):
    """What can be deployed to."""

    aws = "aws"
    ministack = "ministack"
    localstack = "localstack"


Where = Annotated[Target, typer.Option(help="An AWS account, the local cloud, or a LocalStack of your own.")]
Variables = Annotated[Path | None, typer.Option(help="Terraform variables.", exists=True, dir_okay=False)]


def existing(target: Target, tfvars: Path | None) -> Terraform:
    """What was deployed there before, as it stands."""
    if target is Target.aws:
        return deployment.on_account(named(tfvars))
    cloud = local(target)
    return deployment.on_cloud(cloud) if cloud else deployment.on_localstack()


def named(tfvars: Path | None) -> Path:
    """The variables that an account cannot do without. Raises OperatorError where they are not named."""
    if tfvars is None:
        raise OperatorError(
            "An AWS account needs your variables: regions, allowed regions, operations.",
            f"Write them as {paths.ROOT}/terraform/*.tf tell, and name them: --tfvars my.tfvars\n"
            "For the local cloud: --target ministack",
        )
    return tfvars


def local(target: Target) -> LocalCloud | None:
    """The local cloud, where it is this target's; none: a LocalStack that others run. Raises OperatorError."""
    cloud = LocalCloud.shared()
    if target is Target.localstack and cloud.state != "ready":
        return None
    if cloud.target.value != target.value:
        raise OperatorError(
            f"The local cloud that is up is {cloud.target}, not {target}.",
            f"Deploy to it, or begin another: rekbridge cloud down, then: rekbridge cloud up --target {target}",
        )
    return cloud
