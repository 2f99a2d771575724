"""`rekbridge plan`, `rekbridge deploy` and `rekbridge destroy`."""

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import boto3
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rekbridge.deploy import deployment, plan_files, preflight, removal, schema, showing, waiting_messages
from rekbridge.deploy.applying import apply_plan
from rekbridge.deploy.confirmation import confirm_plan
from rekbridge.deploy.identity import DeploymentIdentity, identify
from rekbridge.deploy.loss_report import format_losses
from rekbridge.deploy.plan_opening import open_plan
from rekbridge.deploy.session import open_deployment, open_session
from rekbridge.deploy.targets import (
    DeploymentTarget,
    TargetOption,
    TfvarsOption,
    find_local_cloud,
    format_target_options,
    require_tfvars,
)
from rekbridge.packaging.commands import Architecture
from rekbridge.read_models.deployment import Deployment
from rekbridge.support.console import err, out
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.changes import PlannedChanges
from rekbridge.terraform.driver import Terraform
from rekbridge.terraform.messages import ShowProgress

ArchitectureOption = Annotated[Architecture, typer.Option(help="Processor of the Lambda functions in an AWS account.")]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Change the AWS account without asking for confirmation. Never loses data.")
]
PlanOutOption = Annotated[
    Path | None, typer.Option("--out", help="File to save the plan in, for `rekbridge deploy --plan`.", dir_okay=False)
]
PlanOption = Annotated[
    Path | None,
    typer.Option("--plan", help="Apply exactly this file of `rekbridge plan --out`.", exists=True, dir_okay=False),
]
DetailedExitcodeOption = Annotated[
    bool, typer.Option("--detailed-exitcode", help="Exit with 2 if there is something to change.")
]
LoseDataOption = Annotated[
    list[str] | None,
    typer.Option("--lose-data", help="Address of a resource whose deletion may lose its data. May be repeated."),
]


def plan(
    target: TargetOption = DeploymentTarget.aws,
    tfvars: TfvarsOption = None,
    architecture: ArchitectureOption = Architecture.arm64,
    out_file: PlanOutOption = None,
    detailed_exitcode: DetailedExitcodeOption = False,
) -> None:
    """Show what a deployment would change, and change nothing."""
    terraform, account_id = prepare_deployment(target, tfvars, architecture)
    _require_upgradable(terraform)
    planned, waiting = _create_plan(terraform, will_apply=out_file is not None)
    _print_plan(planned, waiting)
    if out_file:
        plan_files.write_plan_file(out_file, terraform, planned, account_id)
        command = shlex.join(["rekbridge", "deploy", *format_target_options(target), "--plan", str(out_file)])
        losses = showing.format_lose_data_options([change.address for change in planned.data_losses])
        out.print(f"To apply exactly this: {command} {losses}".rstrip(), markup=False, soft_wrap=True)
    if detailed_exitcode and not planned.are_none:
        raise typer.Exit(2)


def deploy(
    target: TargetOption = DeploymentTarget.aws,
    tfvars: TfvarsOption = None,
    architecture: ArchitectureOption = Architecture.arm64,
    yes: YesOption = False,
    plan_file: PlanOption = None,
    lose_data: LoseDataOption = None,
) -> None:
    """Deploy both regions and the bridge between them: build the packages, show the plan, ask, and apply that plan."""
    if plan_file:
        if tfvars:
            raise OperatorError(f"{plan_file} has its variables in it.", "Leave out --tfvars, or leave out --plan.")
        with out.status(f"Opening {plan_file}"):
            terraform = open_plan(plan_file, target, print_warning)
        planned = PlannedChanges.from_document(terraform.show_plan())
        waiting = _read_waiting(planned, terraform)
    else:
        terraform, _ = prepare_deployment(target, tfvars, architecture)
        _require_upgradable(terraform)
        planned, waiting = _create_plan(terraform, will_apply=True)
    _print_plan(planned, waiting)
    for address in set(lose_data or []) - {change.address for change in planned.data_losses}:
        print_warning(f"--lose-data {address}: this plan does not delete it.")
    confirm_plan(
        planned,
        waiting,
        prefix=planned.variables["prefix"],
        is_emulator=target is not DeploymentTarget.aws,
        yes=yes,
        lose_data=lose_data or [],
    )
    with show_progress("Applying") as show:
        changes = apply_plan(terraform, planned, show)
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
    with out.status(f"Packaging for {target}"):
        terraform = _prepare(target, tfvars, architecture, {})
    with out.status("Counting what would be lost"):
        prepared = removal.Removal.prepare(terraform)
        losses = prepared.list_losses()
    if losses:
        out.print(f"This deletes for good:\n{format_losses(losses)}", markup=False)
    if target is DeploymentTarget.aws and not yes:
        confirm_removal(prepared.read_prefix())
    with show_progress("Destroying") as show:
        changes = prepared.run(show)
    out.print(f"Removed from {target}: {changes}.")
    for line in prepared.list_delayed_deletions():
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


def prepare_deployment(
    target: DeploymentTarget, tfvars: Path | None, architecture: Architecture
) -> tuple[Terraform, str | None]:
    """Check the account and prepare the deployment. Returns Terraform and the account; None for an emulator."""
    if target is not DeploymentTarget.aws:
        with out.status(f"Packaging for {target}"):
            return _prepare(target, tfvars, architecture, {}), None
    file = require_tfvars(tfvars)
    with out.status("Checking the account"):
        settings = preflight.read_settings(file, architecture)

        def prepare(variables: Mapping[str, Any]) -> tuple[Terraform, str]:
            identity = identify(file, settings.prefix, settings.home, settings.account_id)
            return _prepare(target, file, architecture, variables, identity), identity.account_id

        account_variables = preflight.check_account(
            settings, boto3.Session().client, lambda: preflight.read_state(prepare({})[0]), print_warning
        )
    with out.status(f"Packaging for {target}"):
        return prepare(account_variables)


def _require_upgradable(terraform: Terraform) -> None:
    if opened := open_deployment(terraform):
        schema.require_upgradable(schema.find_deployed_schema(opened[0]), schema.load_schema())


def _prepare(
    target: DeploymentTarget,
    tfvars: Path | None,
    architecture: Architecture,
    account_variables: Mapping[str, Any],
    identity: DeploymentIdentity | None = None,
) -> Terraform:
    cloud = None if target is DeploymentTarget.aws else find_local_cloud(target)
    if target is DeploymentTarget.aws:
        return deployment.prepare_for_account(
            require_tfvars(tfvars), architecture, account_variables, print_warning, identity
        )
    if cloud:
        return deployment.prepare_for_cloud(cloud, {} if tfvars else deployment.LOCAL_VARIABLES, tfvars, print_warning)
    return deployment.prepare_for_localstack(tfvars, print_warning)


def _create_plan(terraform: Terraform, *, will_apply: bool) -> tuple[PlannedChanges, dict[str, str]]:
    with show_progress("Planning") as show:
        planned = terraform.create_plan(show, will_apply=will_apply)
    return planned, _read_waiting(planned, terraform)


def _read_waiting(planned: PlannedChanges, terraform: Terraform) -> dict[str, str]:
    _, create_client = open_session(terraform, terraform.variables["target"])
    return waiting_messages.read_waiting(planned, create_client)


def _print_plan(planned: PlannedChanges, waiting: Mapping[str, str]) -> None:
    out.print("Terraform plans:", showing.format_changes(planned, waiting), sep="\n", markup=False)
