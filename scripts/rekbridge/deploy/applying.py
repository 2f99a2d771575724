"""Applies a saved plan. What fails on a condition that passes by itself is taken up once."""

import time
from collections.abc import Callable

from rekbridge.deploy.applied_state import delete_record
from rekbridge.terraform.changes import PlannedChanges
from rekbridge.terraform.driver import Terraform
from rekbridge.terraform.messages import ChangeCounts, ShowProgress
from rekbridge.terraform.running import TerraformError
from rekbridge.terraform.transient_errors import find_transient_errors

# IAM's changes are everywhere within seconds, as a rule.
PAUSE_S = 15.0
STALE = "Saved plan is stale"


def apply_plan(
    terraform: Terraform, planned: PlannedChanges, show: ShowProgress, pause: Callable[[float], None] = time.sleep
) -> ChangeCounts:
    """Apply the saved plan, which has these changes, and return their counts.

    If it fails on something that passes by itself, the rest is planned again, with the same values of the variables,
    and applied: creates and updates that the first plan had. Raises TerraformError for anything else.
    """
    try:
        terraform.apply_plan(planned, show)
        delete_record(terraform)
    except TerraformError as error:
        causes = find_transient_errors(error.reasons)
        if not causes:
            raise _explain(error) from error
        meanings = sorted({cause.meaning for cause in causes})
        terraform.notify(f"Not everywhere yet: {'; '.join(meanings)}. The rest is planned and applied once more.")
        pause(PAUSE_S)
        rest = terraform.create_plan(show, planned.variables)
        if not rest.is_rest_of(planned):
            raise
        terraform.apply_plan(rest, show)
        delete_record(terraform)
    return planned.counts


def _explain(error: TerraformError) -> TerraformError:
    if any(STALE in reason for reason in error.reasons):
        return TerraformError(error.reasons, "The state has changed since this plan was made: plan again.")
    return error
