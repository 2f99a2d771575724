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

from rekbridge.deploy import deployment, preflight, schema
from rekbridge.deploy.loss_report import format_losses
from rekbridge.deploy.removal import Removal
from rekbridge.deploy.session import open_deployment
from rekbridge.deploy.targets import DeploymentTarget, TargetOption, TfvarsOption, find_local_cloud, require_tfvars
from rekbridge.packaging.commands import Architecture
from rekbridge.read_models.deployment import Deployment
from rekbridge.support.console import err, out
from rekbridge.terraform.driver import Terraform
from rekbridge.terraform.evaluation import evaluate_expression
from rekbridge.terraform.messages import ShowProgress

ArchitectureOption = Annotated[Architecture, typer.Option(help="Processor of the Lambda functions in an AWS account.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Change the AWS account without asking for confirmation.")]


def deploy(
    target: TargetOption = DeploymentTarget.aws,
    tfvars: TfvarsOption = None,
    architecture: ArchitectureOption = Architecture.arm64,
    yes: YesOption = False,
) -> None:
    """Deploy both regions and the bridge between them: build the packages and apply Terraform."""
    account_variables = _check_account(require_tfvars(tfvars), architecture) if target is DeploymentTarget.aws else {}
    terraform = _prepare(target, tfvars, architecture, account_variables)
    if existing := open_deployment(terraform):
        schema.require_upgradable(schema.find_deployed_schema(existing[0]), schema.load_schema())
    if target is DeploymentTarget.aws and not yes:
        _confirm_plan(terraform)
    with show_progress("Applying") as show:
        changes = terraform.apply(show)
    out.print(f"Deployment to {target}: {changes}.")
    if opened := open_deployment(terraform):
        out.print(format_addresses(opened[0]), soft_wrap=True)


def destroy(
    target: TargetOption = DeploymentTarget.aws,
    tfvars: TfvarsOption = None,
    architecture: ArchitectureOption = Architecture.arm64,
    yes: YesOption = False,
) -> None:
    """Remove an ephemeral deployment with everything in it; refuse one that is not ephemeral, and change nothing."""
    terraform = _prepare(target, tfvars, architecture, {})
    with out.status("Counting what would be lost"):
        removal = Removal.prepare(terraform)
        losses = removal.list_losses()
    if losses:
        out.print(f"This deletes for good:\n{format_losses(losses)}", markup=False)
    if target is DeploymentTarget.aws and not yes:
        confirm_removal(
            removal.state.deployment.get("prefix") or evaluate_expression(require_tfvars(tfvars), "var.prefix")
        )
    with show_progress("Destroying") as show:
        changes = removal.run(show)
    out.print(f"Removed from {target}: {changes}.")
    for line in removal.list_delayed_deletions():
        out.print(line, markup=False)


def confirm_removal(prefix: str) -> None:
    """Ask for the prefix of the deployment. Aborts the command if another word is typed."""
    if typer.prompt(f"Type the prefix of the deployment ({prefix}) to remove it") != prefix:
        raise typer.Abort


def format_addresses(deployed: Deployment) -> str:
    """Format the addresses that a user needs, one per line: media bucket, event bus, REST API."""
    addresses = {
        "Upload images to": f"s3://{deployed.get_bucket('media')}/<owner>/…",
        "Events are sent to": f"the event bus {deployed.outputs['event_bus']}",
        "REST API": deployed.api_url,
    }
    return "\n".join(f"  {name:<20} {address}" for name, address in addresses.items())


@contextmanager
def show_progress(title: str) -> Iterator[ShowProgress]:
    """Show a progress bar of the planned resources while the block runs. Yields the function that updates it."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(title, total=None)

        def show(resource: str, completed: int, total: int) -> None:
            bar.update(task, description=f"{title} {resource}", completed=completed, total=total or None)

        yield show


@cache
def print_warning(message: str) -> None:
    """Print a warning once: Terraform repeats the warnings of a plan in its apply."""
    err.print(message, style="yellow", markup=False)


def _check_account(tfvars: Path, architecture: Architecture) -> dict[str, int]:
    with out.status("Checking the account"):
        return preflight.check_account(
            preflight.read_settings(tfvars, architecture),
            boto3.Session().client,
            lambda: preflight.read_state(
                deployment.initialize(deployment.get_account_terraform(tfvars), {}, tfvars, print_warning)
            ),
            print_warning,
        )


def _prepare(
    target: DeploymentTarget, tfvars: Path | None, architecture: Architecture, account_variables: Mapping[str, Any]
) -> Terraform:
    cloud = None if target is DeploymentTarget.aws else find_local_cloud(target)
    with out.status(f"Packaging for {target}"):
        if target is DeploymentTarget.aws:
            return deployment.prepare_for_account(
                require_tfvars(tfvars), architecture, account_variables, print_warning
            )
        if cloud:
            return deployment.prepare_for_cloud(
                cloud, {} if tfvars else deployment.LOCAL_VARIABLES, tfvars, print_warning
            )
        return deployment.prepare_for_localstack(tfvars, print_warning)


def _confirm_plan(terraform: Terraform) -> None:
    with show_progress("Planning") as show:
        actions = Counter("/".join(change["change"]["actions"]) for change in terraform.plan(show))
    summary = ", ".join(f"{count} to {action}" for action, count in sorted(actions.items())) or "nothing to change"
    typer.confirm(f"Terraform plans {summary} in your AWS account. Continue?", abort=True)
