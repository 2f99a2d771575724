"""`rekbridge deploy` and `rekbridge destroy`."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import boto3
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rekbridge import account, deployment, paths, removal
from rekbridge.cloud import LocalCloud
from rekbridge.console import err, out
from rekbridge.errors import OperatorError
from rekbridge.packaging.commands import Architecture
from rekbridge.terraform.driver import Show, Terraform
from rekbridge.terraform.evaluation import evaluated


class Target(StrEnum):
    """What can be deployed to."""

    aws = "aws"
    ministack = "ministack"
    localstack = "localstack"


Where = Annotated[Target, typer.Option(help="An AWS account, the local cloud, or a LocalStack of your own.")]
Variables = Annotated[Path | None, typer.Option(help="Terraform variables.", exists=True, dir_okay=False)]
Processor = Annotated[Architecture, typer.Option(help="The Lambdas' processor in an AWS account.")]
Unasked = Annotated[bool, typer.Option("--yes", help="Do not ask before an AWS account is changed.")]


def deploy(
    target: Where = Target.aws,
    tfvars: Variables = None,
    architecture: Processor = Architecture.arm64,
    yes: Unasked = False,
) -> None:
    """Package and apply: both regions and the bridge between them."""
    terraform = _chosen(target, tfvars, architecture)
    if target is Target.aws and tfvars:
        terraform = _measured(terraform, tfvars)
        if not yes:
            _ask(terraform)
    with progress("Applying") as show:
        changes = terraform.apply(show)
    out.print(f"Deployed to {target}: {changes}.")


def destroy(
    target: Where = Target.aws,
    tfvars: Variables = None,
    architecture: Processor = Architecture.arm64,
    yes: Unasked = False,
) -> None:
    """Remove what was deployed."""
    terraform = _chosen(target, tfvars, architecture)
    if target is Target.aws and not yes:
        typer.confirm(f"Remove all that {tfvars} deployed, from AWS?", abort=True)
    with progress("Destroying") as show:
        changes = removal.remove(terraform, show)
    out.print(f"Removed from {target}: {changes}.")


@contextmanager
def progress(title: str) -> Iterator[Show]:
    """A bar of the resources done, of all that Terraform planned; gone when it is done."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(title, total=None)

        def show(where: str, done: int, total: int) -> None:
            bar.update(task, description=f"{title} {where}", completed=done, total=total or None)

        yield show


def warn(warning: str) -> None:
    """Print what Terraform warns of."""
    err.print(warning, style="yellow", markup=False)


def _chosen(target: Target, tfvars: Path | None, architecture: Architecture) -> Terraform:
    with out.status(f"Packaging for {target}"):
        match target, tfvars:
            case Target.localstack, _ if LocalCloud.shared().state != "ready":
                return deployment.to_localstack(tfvars, warn)
            case ((Target.ministack | Target.localstack), _):
                variables = {} if tfvars else deployment.LOCAL
                return deployment.to_cloud(_shared(target), variables, tfvars, warn)
            case Target.aws, Path():
                return deployment.to_account(tfvars, architecture, warn)
            case _:
                raise _without_variables()


def _measured(terraform: Terraform, tfvars: Path) -> Terraform:
    """With what the account allows in the home region."""
    client = boto3.client("lambda", region_name=evaluated(tfvars, "var.home_region"))
    return replace(terraform, variables={**terraform.variables, **account.concurrency(client, warn)})


def existing(target: Target, tfvars: Path | None) -> Terraform:
    """What was deployed there before, as it stands."""
    match target, tfvars:
        case Target.localstack, _ if LocalCloud.shared().state != "ready":
            return deployment.on_localstack()
        case ((Target.ministack | Target.localstack), _):
            return deployment.on_cloud(_shared(target))
        case Target.aws, Path():
            return deployment.on_account(tfvars)
        case _:
            raise _without_variables()


def _without_variables() -> OperatorError:
    return OperatorError(
        "An AWS account needs your variables: regions, allowed regions, operations.",
        f"Write them as {paths.ROOT}/terraform/*.tf tell, then: rekbridge deploy --tfvars my.tfvars",
    )


def _shared(target: Target) -> LocalCloud:
    cloud = LocalCloud.shared()
    if cloud.target.value != target.value:
        raise OperatorError(
            f"The local cloud that is up is {cloud.target}, not {target}.",
            f"Deploy to it, or begin another: rekbridge cloud down, then: rekbridge cloud up --target {target}",
        )
    return cloud


def _ask(terraform: Terraform) -> None:
    actions = Counter("/".join(change["change"]["actions"]) for change in terraform.plan())
    planned = ", ".join(f"{count} to {action}" for action, count in sorted(actions.items())) or "nothing to change"
    typer.confirm(f"Terraform plans {planned} in your AWS account. Go on?", abort=True)
