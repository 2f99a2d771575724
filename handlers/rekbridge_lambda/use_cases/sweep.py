"""SWEEP: runs that are pending too long are requeued, and staged copies that nobody needs are deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched

from rekbridge_lambda.domain.errors import UnknownOperation, UnreadableMessage
from rekbridge_lambda.domain.ids import RunId, parse_run_id
from rekbridge_lambda.domain.operations import Operations
from rekbridge_lambda.domain.runs import Run
from rekbridge_lambda.ports import Clock, Library, PreparedImageStore, ResultQueue, StagingStore, WorkQueue
from rekbridge_lambda.use_cases.enqueue import enqueue_pending

# One sweep requeues no more than this; the next one comes five minutes later.
MAX_RUNS_PER_SWEEP = 500
MAX_STALE_AFTER_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What one sweep did."""

    requeued: int
    staged_copies_deleted: int


@dataclass(frozen=True, slots=True)
class StaleRunSweeper:
    """Sweeps runs that are stale, and staged copies; `stale_after` and `staging_ttl` are in milliseconds."""

    operations: Operations
    stale_after: int
    staging_ttl: int
    library: Library
    prepared_images: PreparedImageStore
    staging: StagingStore
    work_queue: WorkQueue
    result_queue: ResultQueue
    now: Clock

    def sweep(self) -> SweepReport:
        """Requeue stale runs, then delete staged copies that nobody needs.

        Raises an ExceptionGroup with the errors of single runs, after all other runs have been requeued.
        """
        stale = self.library.find_due_runs(self.now() - self.stale_after, MAX_RUNS_PER_SWEEP)
        errors = [error for run in stale if (error := self.requeue_or_close(run))]
        leftovers = list(self.find_leftover_copies())
        self.staging.delete(leftovers)
        if errors:
            raise ExceptionGroup(f"{len(errors)} of {len(stale)} runs could not be requeued", errors)
        return SweepReport(len(stale), len(leftovers))

    def requeue_or_close(self, run: Run) -> Exception | None:
        """Requeue a pending run, close an ended one; returns the error if that failed."""
        try:
            if run.pending:
                self.requeue(run)
            else:
                self.library.close_run(run)
        except Exception as error:
            return error
        return None

    def requeue(self, run: Run) -> None:
        """Fail operations that are no longer deployed, enqueue the others, and postpone the run with backoff."""
        try:
            self.fail_undeployed(run)
            # Staging a copy again would restart its time to live.
            copies = run.list_needed_copies(self.operations)
            existing = {copy for copy in copies if self.staging.get_size(copy) is not None}
            enqueue_pending(run, self.operations, self.prepared_images, self.staging, self.work_queue, existing)
        finally:
            # Also after a failure: otherwise the same few runs would come first each time and block all others.
            next_stale_after = min(self.stale_after * 2 ** (run.sweeps + 1), MAX_STALE_AFTER_MS)
            self.library.postpone_run(run, self.now() + next_stale_after - self.stale_after)

    def fail_undeployed(self, run: Run) -> None:
        """End the pending operations that are no longer deployed: their queues are gone, so nobody else will."""
        for name in sorted(run.pending - self.operations.keys()):
            why = UnknownOperation(f"{name} was removed from the deployment before this image was analysed")
            self.result_queue.send(run.make_failure(name, why))

    def find_leftover_copies(self) -> Iterator[str]:
        """Staged copies that are older than their time to live, and those that no pending operation needs."""
        settled_before = self.now() - min(self.stale_after, self.staging_ttl)
        expired_before = self.now() - self.staging_ttl
        old = ((key, at) for key, at in self.staging.list_copies() if at < settled_before)
        for copies in batched(old, 1000):
            runs = self.library.find_runs({run_id for key, _ in copies if (run_id := find_run_id(key))})
            needed = {copy for run in runs.values() for copy in run.list_needed_copies(self.operations)}
            yield from (key for key, at in copies if at < expired_before or key not in needed)


def find_run_id(staged_key: str) -> RunId | None:
    """The run of a staged key; None for a key that Rekbridge did not write."""
    try:
        return parse_run_id(staged_key)
    except UnreadableMessage:
        return None
