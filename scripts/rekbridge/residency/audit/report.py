"""The verdicts for people, grouped by check, and as JSON; and the exit code that they give."""

from collections.abc import Sequence
from itertools import groupby

from rekbridge.residency.audit.verdicts import AuditVerdict, Status
from rekbridge.support.console import out
from rekbridge.support.json_types import JsonObject

SIGNS = {Status.PASSED: "✓", Status.FAILED: "✗", Status.UNKNOWN: "?", Status.ADVICE: "i"}
STYLES = {Status.PASSED: "green", Status.FAILED: "red", Status.UNKNOWN: "yellow", Status.ADVICE: "cyan"}
# 1 is also every error of a command, 2 a wrong option.
EXIT_FAILED, EXIT_UNKNOWN = 1, 3


def get_exit_code(verdicts: Sequence[AuditVerdict]) -> int:
    """0 if everything holds, 1 if something does not, 3 if nothing fails but something cannot be read."""
    found = {verdict.judgement.status for verdict in verdicts}
    return EXIT_FAILED if Status.FAILED in found else EXIT_UNKNOWN if Status.UNKNOWN in found else 0


def count_by_status(verdicts: Sequence[AuditVerdict]) -> dict[str, int]:
    """How many verdicts there are of each status."""
    return {status.value: sum(one.judgement.status is status for one in verdicts) for status in Status}


def to_dict(verdicts: Sequence[AuditVerdict]) -> JsonObject:
    """The verdicts with the keys that scripts read."""
    return {
        "counts": count_by_status(verdicts),
        "checks": [
            {
                "check": one.check,
                "resource": one.resource,
                "region": one.region,
                "status": one.judgement.status.value,
                "seen": one.judgement.seen,
                "next_step": one.judgement.next_step,
            }
            for one in verdicts
        ],
    }


def print_verdicts(verdicts: Sequence[AuditVerdict]) -> None:
    """Print every check with its resources, then the counts."""
    for check, group in groupby(sorted(verdicts, key=_get_check), key=_get_check):
        out.print(check, style="bold")
        for one in group:
            status = one.judgement.status
            out.print(f"  {SIGNS[status]}", style=STYLES[status], end=" ")
            out.print(f"{one.resource} ({one.region}): {one.judgement.seen}", markup=False)
            if one.judgement.next_step and status is not Status.PASSED:
                out.print(f"      → {one.judgement.next_step}", markup=False)
    out.print(", ".join(f"{count} {status}" for status, count in count_by_status(verdicts).items()), style="bold")


def _get_check(verdict: AuditVerdict) -> str:
    return verdict.check
