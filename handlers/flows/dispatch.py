"""A run's pending operations are asked for, each by its way; asking twice is safe, for claims pay once."""

from collections.abc import Collection

from handlers.domain.errors import Gone
from handlers.domain.operations import Plan
from handlers.domain.runs import Run
from handlers.ports import Shelf, Staging, WorkQueues


def dispatch(
    run: Run, plan: Plan, shelf: Shelf, staging: Staging, work: WorkQueues, there: Collection[str] = ()
) -> None:
    """By a queue here at home, or by a staged copy whose arrival asks for it, unless it is `there`."""
    pending = sorted(run.pending & plan.keys())
    work.send(run.work(name) for name in pending if plan[name].way == "bytes")
    for copy, readers in run.needs(plan).items():
        try:
            if copy not in there:
                staging.put(copy, shelf.get(run.prepared[readers[0]]))
                continue
        except Gone:
            # ANALYZE finds no image either, and ends the work with that reason.
            pass
        work.send(run.work(name) for name in readers)
