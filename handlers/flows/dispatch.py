"""A run's pending operations are asked for, each by its way; asking twice is safe, for claims pay once."""

from handlers.domain.operations import Plan
from handlers.domain.runs import Run
from handlers.ports import Shelf, Staging, WorkQueues


def dispatch(run: Run, plan: Plan, shelf: Shelf, staging: Staging, work: WorkQueues) -> None:
    """By a queue here at home, or by a staged copy whose arrival asks for it: nothing goes round the bridge."""
    pending = sorted(run.pending & plan.keys())
    work.send(run.work(name) for name in pending if plan[name].way == "bytes")
    for copy, readers in run.needs(plan).items():
        staging.put(copy, shelf.get(run.prepared[readers[0]]))
