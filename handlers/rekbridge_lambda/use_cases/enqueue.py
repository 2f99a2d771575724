"""A run's pending operations are asked for, each by its way; asking twice is safe, for claims pay once."""

from collections.abc import Collection

from rekbridge_lambda.domain.errors import Gone
from rekbridge_lambda.domain.operations import Plan
from rekbridge_lambda.domain.runs import Run
from rekbridge_lambda.ports import Shelf, Staging, WorkQueues


def dispatch(
    run: Run, plan: Plan, shelf: Shelf, staging: Staging, work: WorkQueues, there: Collection[str] = ()
) -> None:
    """By a queue here at home, or by a staged copy whose arrival asks for it, unless it is `there`."""
    pending = sorted(run.pending & plan.keys())
    work.send(run.work(name) for name in pending if plan[name].way == "bytes")
    for copy, readers in run.needs(plan).items():
        if copy in there or not staged(copy, run.prepared[readers[0]], shelf, staging):
            work.send(run.work(name) for name in readers)


def staged(copy: str, prepared: str, shelf: Shelf, staging: Staging) -> bool:
    """Put a copy; false where the image has expired: ANALYZE finds none either, and ends the work with that reason."""
    try:
        body = shelf.get(prepared)
    except Gone:
        return False
    staging.put(copy, body)
    return True
