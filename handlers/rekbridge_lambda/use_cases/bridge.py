"""A staged copy has arrived in the remote region: ask for the analyses that read it."""

from dataclasses import dataclass

from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.operations import Plan
from rekbridge_lambda.domain.uploads import Upload
from rekbridge_lambda.ports import Library, WorkQueues


@dataclass(frozen=True, slots=True)
class Bridge:
    """The ports and the plan that an arrival is handled with."""

    plan: Plan
    library: Library
    work: WorkQueues

    def __call__(self, arrival: Upload) -> str:
        """Send the work that waits for this staged copy; an arrival told twice asks twice, and is paid once."""
        run = self.library.run(ids.run_of(arrival.key))
        if run is None:
            return "no run of ours"
        waiting = run.needs(self.plan).get(arrival.key, [])
        self.work.send(run.work(name) for name in waiting)
        return f"run {run.id}: sent {', '.join(waiting) or 'nothing, all is done'}"
