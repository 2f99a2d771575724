"""`rekbridge deploy` and `rekbridge destroy`."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import boto3
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rekbridge.deploy import account, deployment, removal
from rekbridge.deploy.session import standing
from rekbridge.deploy.targets import Target, Variables, Where, local, named
from rekbridge.packaging.commands import Architecture
from rekbridge.read_models.deployed import Deployed
from rekbridge.support.console import err, out
from rekbridge.terraform.driver import Show, Terraform
from rekbridge.terraform.evaluation import evaluated

Processor = Annotated[Architecture, typer.Option(help="The Lambdas' processor in an AWS account.")]
Unasked = Annotated[bool, typer.Option("--yes", help="Do not ask before an AWS account is changed.")]


def deploy(
    target: Where = Target.aws,
    tfvars: Variables = None,
    architecture: Processor = Architecture.arm64,
    yes: Unasked = False,
) -> None:
    """Package and apply: both regions and the bridge between them."""
    allowed = _allowed(named(tfvars)) if target is Target.aws else {}
    terraform = _ready(target, tfvars, architecture, allowed)
    if target is Target.aws and not yes:
        _ask(terraform)
    with progress("Applying") as show:
        changes = terraform.apply(show)
    out.print(f"Deployed to {target}: {changes}.")
    if there := standing(terraform):
        out.print(addresses(there[0]), soft_wrap=True)


def destroy(
    target: Where = Target.aws,
    tfvars: Variables = None,
    architecture: Processor = Architecture.arm64,
    yes: Unasked = False,
) -> None:
    """Remove what was deployed."""
    terraform = _ready(target, tfvars, architecture, {})
    if target is Target.aws and not yes:
        typer.confirm(f"Remove all that {tfvars} deployed, from AWS?", abort=True)
    with progress("Destroying") as show:
        changes = removal.remove(terraform, show)
    out.print(f"Removed from {target}: {changes}.")


def addresses(deployed: Deployed) -> str:
    """Where images go, and what tells of their results."""
    told = {
        "Images go to": f"s3://{deployed.bucket('media')}/<owner>/…",
        "Results are told on": f"the event bus {deployed.told['event_bus']}",
        "The REST API is": deployed.api_url,
    }
    return "\n".join(f"  {what:<20} {where}" for what, where in told.items())


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


@cache
def warn(warning: str) -> None:
    """Print what Terraform warns of; once, though a plan and its apply both do."""
    err.print(warning, style="yellow", markup=False)


def _allowed(tfvars: Path) -> dict[str, int]:
    with out.status("Asking the account what it allows"):
        return account.allowed(boto3.Session(region_name=evaluated(tfvars, "var.home_region")).client, warn)


def _ready(target: Target, tfvars: Path | None, architecture: Architecture, allowed: Mapping[str, Any]) -> Terraform:
    cloud = None if target is Target.aws else local(target)
    with out.status(f"Packaging for {target}"):
        if target is Target.aws:
            return deployment.to_account(named(tfvars), architecture, allowed, warn)
        if cloud:
            return deployment.to_cloud(cloud, {} if tfvars else deployment.LOCAL, tfvars, warn)
        return deployment.to_localstack(tfvars, warn)


def _ask(terraform: Terraform) -> None:
    with progress("Planning") as show:
        actions = Counter("/".join(change["change"]["actions"]) for change in terraform.plan(show))
    planned = ", ".join(f"{count} to {action}" for action, count in sorted(actions.items())) or "nothing to change"
    typer.confirm(f"Terraform plans {planned} in your AWS account. Go on?", abort=True)
