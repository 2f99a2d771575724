"""`rekbridge upgrade --check`: what a deployment needs to come to this version."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from rekbridge.deploy.commands import ArchitectureOption, prepare_deployment, show_progress
from rekbridge.deploy.schema import DeployedSchema, find_deployed_schema, load_schema, require_upgradable
from rekbridge.deploy.session import open_deployment
from rekbridge.deploy.targets import DeploymentTarget, TargetOption, TfvarsOption, find_local_cloud, format_command
from rekbridge.emulator.state import APPLYING
from rekbridge.packaging.commands import Architecture
from rekbridge.support.console import err, out
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.changes import DATA_BY_TYPE
from rekbridge.terraform.driver import Terraform

CheckOption = Annotated[bool, typer.Option("--check", help="Say what is needed. Changes nothing. Required.")]

type Change = Mapping[str, Any]


class UpgradeNeed(IntEnum):
    """What a deployment needs. The values are the command's exit codes; 1 and 2 are errors of the check itself."""

    NOTHING = 0
    DEPLOY = 3
    DATA_LOSS = 4
    NOT_POSSIBLE = 5


def upgrade(
    check: CheckOption = False,
    target: TargetOption = DeploymentTarget.aws,
    tfvars: TfvarsOption = None,
    architecture: ArchitectureOption = Architecture.arm64,
) -> None:
    """Say what a deployment needs to come to this version. `rekbridge deploy` does it.

    Exit code: 0 nothing; 3 a deploy, in place; 4 a deploy that deletes or replaces something that holds data;
    5 a deploy cannot do it: the deployment is too old, or was made by a newer version.
    """
    deploy_command = format_command("deploy", target, tfvars)
    if not check:
        raise OperatorError(
            "`rekbridge upgrade` only checks: an upgrade is a deploy of this version.",
            f"To see what it would do: {format_command('upgrade', target, tfvars)} --check\nTo do it: {deploy_command}",
        )
    terraform = _prepare(target, tfvars, architecture)
    opened = open_deployment(terraform)
    if opened is None:
        raise OperatorError(f"Nothing is deployed to {target}.", f"Deploy: {deploy_command}")
    deployed, this = find_deployed_schema(opened[0]), load_schema()
    out.print(f"Schema version: deployed {deployed}, this version {this.version}.")
    try:
        require_upgradable(deployed, this)
    except OperatorError as error:
        err.print(f"{error}\n{error.next_step}", style="red", markup=False)
        raise typer.Exit(UpgradeNeed.NOT_POSSIBLE) from error
    with show_progress("Planning") as show:
        changes = terraform.plan(show)
    need = judge_plan(changes, deployed)
    out.print(describe_plan(changes, need), markup=False)
    raise typer.Exit(need)


def judge_plan(changes: Iterable[Change], deployed: DeployedSchema) -> UpgradeNeed:
    """Return what the changes of a plan amount to."""
    listed = list(changes)
    if any(loses_data(change) for change in listed):
        return UpgradeNeed.DATA_LOSS
    # A version that is not recorded yet is recorded by the tables' tags, which are changes of the plan.
    return UpgradeNeed.DEPLOY if listed or not deployed.is_recorded else UpgradeNeed.NOTHING


def loses_data(change: Change) -> bool:
    """Whether a change deletes, or replaces, something that holds data."""
    return change["type"] in DATA_BY_TYPE and "delete" in change["change"]["actions"]


def describe_plan(changes: Iterable[Change], need: UpgradeNeed) -> str:
    """Describe a plan: how many resources it changes and how, and the address of everything that it deletes."""
    listed = list(changes)
    counts = Counter("/".join(change["change"]["actions"]) for change in listed)
    summary = ", ".join(f"{count} to {action}" for action, count in sorted(counts.items())) or "nothing to change"
    lines = [f"Terraform plans {summary}."]
    for change in sorted(listed, key=lambda change: str(change["address"])):
        if "delete" in (actions := change["change"]["actions"]):
            action = "replaced" if "create" in actions else "deleted"
            lines.append(f"  {action}: {change['address']}{', with the data in it' if loses_data(change) else ''}")
    return "\n".join([*lines, ADVICE[need]])


ADVICE = {
    UpgradeNeed.NOTHING: "The deployment is of this version.",
    UpgradeNeed.DEPLOY: "A deploy brings it to this version, in place: whatever holds data stays. Uploads may go on.",
    UpgradeNeed.DATA_LOSS: "A deploy would lose data, see above. Set the variables back, or save the data first.",
}


def _prepare(target: DeploymentTarget, tfvars: Path | None, architecture: Architecture) -> Terraform:
    cloud = None if target is DeploymentTarget.aws else find_local_cloud(target)
    # To prepare a deploy would empty the cloud; a check changes nothing.
    if cloud and (cloud.terraform_folder / APPLYING).exists():
        raise OperatorError(
            "The last apply to the local cloud was killed, so nobody knows what is deployed.",
            f"Deploy again, which starts the cloud empty: {format_command('deploy', target, tfvars)}",
        )
    return prepare_deployment(target, tfvars, architecture)[0]
