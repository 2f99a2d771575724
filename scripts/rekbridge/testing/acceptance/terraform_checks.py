"""The first and last steps: Terraform creates everything, then finds nothing to change, then removes everything."""

from collections.abc import Callable

from rekbridge.deploy import named_resources, removal
from rekbridge.support.steps import Step
from rekbridge.testing.acceptance.outcomes import StepFailed
from rekbridge.testing.acceptance.trial import AcceptanceTrial
from rekbridge.testing.waiting import wait_until

MAX_LISTED = 10
# The end of an address says most.
MAX_ADDRESS_LENGTH = 40


def check_apply(trial: AcceptanceTrial, step: Step) -> str:
    """Apply, and check that everything was new. Returns what was seen."""
    changes = trial.terraform.apply(lambda address, done, total: step.show_progress(_shorten(address), done, total))
    if changes.change or changes.remove or not changes.add:
        advice = "An earlier trial was not removed: rekbridge accept --clean"
        raise StepFailed("everything is created", str(changes), advice)
    deployed = trial.deployment
    return f"{changes}; {deployed.home} and {deployed.remote}"


def check_second_plan(trial: AcceptanceTrial, step: Step) -> str:
    """Plan again, and check that nothing would change. Returns what was seen."""
    changes = trial.terraform.plan(lambda address, done, total: step.show_progress(_shorten(address), done, total))
    if changes:
        listed = [f"{change['address']} ({'/'.join(change['change']['actions'])})" for change in changes]
        raise StepFailed("no changes", join_lines(listed), "AWS returns other values than Terraform set: report it.")
    return "no changes"


def check_removal(trial: AcceptanceTrial, step: Step) -> str:
    """Destroy, and check that nothing is left in either region. Returns what was seen."""
    # A half-done deployment has no denial, and no outputs that would say where to look for one.
    if trial.terraform.read_outputs().get("deployment"):
        trial.denial.allow()
    changes = removal.remove_deployment(
        trial.terraform, lambda address, done, total: step.show_progress(_shorten(address), done, total)
    )
    step.show("looking for what is left")
    identity = trial.identity
    require_nothing_left(
        lambda: named_resources.list_named_resources(trial.client, identity.prefix, identity.home, identity.remote),
        trial.timing.leftovers_s,
    )
    return f"{changes}; nothing with its prefix is left in {identity.home} and {identity.remote}"


def require_nothing_left(list_left: Callable[[], list[str]], timeout_s: float) -> None:
    """Wait until nothing is listed. Raises StepFailed with what is."""
    try:
        wait_until(lambda: not list_left(), "nothing is left", timeout_s, interval_s=5)
    except TimeoutError as error:
        remaining = list_left()
        advice = "Remove it by hand, or start an emulator again, empty: Terraform does not know of it."
        # All of it: nothing else knows these names.
        raise StepFailed("nothing is left", "; ".join(remaining), advice) from error


def join_lines(lines: list[str]) -> str:
    """Join the first lines, and say how many more there are."""
    more = f"; and {len(lines) - MAX_LISTED} more" if len(lines) > MAX_LISTED else ""
    return "; ".join(lines[:MAX_LISTED]) + more


def _shorten(address: str) -> str:
    return address[-MAX_ADDRESS_LENGTH:]
