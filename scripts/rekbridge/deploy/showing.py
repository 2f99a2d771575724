"""Shows what a plan changes: what it takes away by address, and the rest as counts by type."""

from collections.abc import Iterator, Mapping

from rekbridge.terraform.changes import ChangeAction, PlannedChange, PlannedChanges

COUNTED: tuple[ChangeAction, ...] = ("create", "update")
NO_CHANGES = "Nothing to change."


def format_changes(planned: PlannedChanges, waiting: Mapping[str, str]) -> str:
    """Format a plan, a line for each delete and replace. `waiting`: what was read about lost data, by address."""
    return "\n".join(_iterate_lines(planned, waiting)) or NO_CHANGES


def describe_loss(change: PlannedChange, waiting: Mapping[str, str]) -> str:
    """Return in words what a change loses: `its messages (3 wait in rekbridge-work-text)`."""
    read = waiting.get(change.address)
    return f"{change.lost_data} ({read})" if read else str(change.lost_data)


def format_lose_data_options(addresses: list[str]) -> str:
    """Return the options that agree to these losses, quoted for a shell."""
    return " ".join(f"--lose-data '{address}'" for address in addresses)


def _iterate_lines(planned: PlannedChanges, waiting: Mapping[str, str]) -> Iterator[str]:
    for action in COUNTED:
        counts = planned.count_by_type(action)
        if counts:
            types = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
            yield f"  {action:<8} {counts.total():>3}: {types}"
    for change in planned.removals:
        because = f", because of {', '.join(change.forced_by)}" if change.forced_by else ""
        loss = f"\n             LOSES DATA: {describe_loss(change, waiting)}" if change.lost_data else ""
        yield f"  {change.action:<8} {change.address}{because}{loss}"
    for change in planned.gone:
        yield f"  gone     {change.address} is gone in AWS or in another region"
        yield f"             LOSES DATA: {describe_loss(change, waiting)}"
    if planned.outputs:
        yield f"  outputs: {', '.join(sorted(planned.outputs))}"
