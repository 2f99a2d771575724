"""What an operator is asked before a plan is applied. Losing data has a confirmation of its own, beyond `--yes`."""

from collections.abc import Collection, Mapping

import typer

from rekbridge.deploy.showing import describe_loss, format_lose_data_options
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.changes import PlannedChanges


def confirm_plan(
    planned: PlannedChanges,
    waiting: Mapping[str, str],
    *,
    prefix: str,
    is_emulator: bool,
    yes: bool,
    lose_data: Collection[str],
) -> None:
    """Ask whether to apply a plan, and apart from that whether to lose the data that it deletes.

    `lose_data`: the addresses whose loss was agreed to already. Nothing is asked for an emulator's deployment, unless
    it is not ephemeral and data would be lost. Raises OperatorError or typer.Abort if the answer is no, or if nobody is
    asked and an agreement is missing.
    """
    losses = [] if is_emulator and is_ephemeral(planned) else planned.data_losses
    missing = [change for change in losses if change.address not in lose_data]
    if missing and (yes or is_emulator):
        addresses = [change.address for change in missing]
        lines = "\n".join(f"  {change.address}: {describe_loss(change, waiting)}" for change in missing)
        raise OperatorError(
            f"This plan loses data that nothing brings back. Nothing was applied.\n{lines}",
            "--yes does not include that. To lose exactly this, add:\n" + format_lose_data_options(addresses),
        )
    if missing:
        typed = typer.prompt(f"This loses data that nothing brings back. To lose it, type the prefix, {prefix}")
        if typed.strip() != prefix:
            raise OperatorError(f"“{typed}” is not {prefix}. Nothing was applied.", "Nothing has changed.")
    elif not yes and not is_emulator and not planned.are_none:
        typer.confirm("Apply exactly this?", abort=True)


def is_ephemeral(planned: PlannedChanges) -> bool:
    """Whether what is deployed may be lost. What is not deployed yet, or does not say so, on an emulator may be."""
    return planned.deployed is None or bool(planned.deployed.get("ephemeral", True))
