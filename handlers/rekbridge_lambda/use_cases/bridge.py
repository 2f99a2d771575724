"""BRIDGE: a staged copy has arrived in the remote region; send the work that reads it."""

from dataclasses import dataclass

from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.operations import Operations
from rekbridge_lambda.domain.uploads import Upload
from rekbridge_lambda.ports import Library, WorkQueue


@dataclass(frozen=True, slots=True)
class StagedWorkBridge:
    """Sends work for staged copies that have arrived."""

    operations: Operations
    library: Library
    work_queue: WorkQueue

    def enqueue_arrived_work(self, arrival: Upload) -> str:
        """Send the work that waits for this staged copy. A repeated notification sends it again; it is paid once."""
        run = self.library.find_run(ids.parse_run_id(arrival.key))
        if run is None:
            return "the staged copy belongs to no run"
        # An operation that ended without an answer has a copy again only where a person has sent its work again.
        wanted = run.pending | run.unanswered
        waiting = run.list_needed_copies(self.operations, wanted).get(arrival.key, [])
        self.work_queue.send(run.make_work(name) for name in waiting)
        return f"run {run.id}: sent {', '.join(waiting) or 'nothing, no staged operation waits for this copy'}"
