"""SWEEP: runs that are pending too long are requeued, and staged copies that nobody needs are deleted."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import batched, takewhile

from rekbridge_lambda.domain.errors import UnknownOperation, UnreadableMessage
from rekbridge_lambda.domain.ids import RunId, parse_run_id
from rekbridge_lambda.domain.operations import Operations
from rekbridge_lambda.domain.runs import Run
from rekbridge_lambda.ports import Clock, Library, Metrics, PreparedImageStore, ResultQueue, StagingStore, WorkQueue
from rekbridge_lambda.use_cases.enqueue import enqueue_pending

# One sweep requeues no more than this; the next one comes five minutes later.
MAX_RUNS_PER_SWEEP = 500
MAX_STALE_AFTER_MS = 24 * 3600 * 1000
# For the call that runs when the time is over, and for the report: a sweep that Lambda stops reports nothing.
RESERVE_MS = 30_000
# The part of a sweep's time in which runs are requeued; the rest is left for the copies abroad.
REQUEUE_SHARE = 0.75
# A run that does not end is counted for a day, in which its operation's alarm has paged. If it were counted for ever,
# the alarm would page again whenever the deployment has nothing else to do.
COUNTED_FOR_MS = 24 * 3600 * 1000


@dataclass(slots=True)
class SweepReport:
    """What one sweep has done so far; `remaining` are the runs that the next sweep has to requeue.

    `stale` has, for every deployed operation, the number of stale runs in which it is pending.
    """

    stale: dict[str, int]
    requeued: int = 0
    remaining: int = 0
    staged_copies_deleted: int = 0

    def __str__(self) -> str:
        return (
            f"requeued {self.requeued} stale runs, left {self.remaining} to the next sweep, "
            f"deleted {self.staged_copies_deleted} leftover staged copies"
        )


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
    metrics: Metrics
    now: Clock

    def sweep(self, deadline: int) -> SweepReport:
        """Requeue stale runs, then delete staged copies that nobody needs; end before the deadline (milliseconds).

        Raises an ExceptionGroup with all errors, after everything else has been done and the metrics are emitted. Two
        sweeps at once do no harm: both may enqueue the same work, whose claim makes the call once, and both set the
        same `due_at`.
        """
        report, errors, started_at = SweepReport(dict.fromkeys(self.operations, 0)), list[Exception](), self.now()
        time_ms = max(deadline - started_at - RESERVE_MS, (deadline - started_at) // 2)
        with collect_error(errors):
            self.requeue_stale_runs(report, errors, started_at + round(time_ms * REQUEUE_SHARE))
        with collect_error(errors):
            self.delete_leftover_copies(report, started_at + time_ms)
        self.emit_metrics(report)
        if errors:
            raise ExceptionGroup(f"{len(errors)} parts of the sweep failed; {report}", errors)
        return report

    def requeue_stale_runs(self, report: SweepReport, errors: list[Exception], stop_at: int) -> None:
        """Count the stale runs; requeue those whose time has come, the longest waiting first."""
        stale_before = self.now() - self.stale_after
        due = self.library.find_due_runs(stale_before, MAX_RUNS_PER_SWEEP)
        report.stale = self.count_pending(due)
        with collect_error(errors):
            waiting = self.library.find_requeued_runs(stale_before, MAX_RUNS_PER_SWEEP)
            report.stale = self.count_pending([*due, *waiting])
        for number, run in enumerate(due):
            if self.now() >= stop_at:
                report.remaining = len(due) - number
                return
            with collect_error(errors):
                if run.pending:
                    self.requeue(run)
                    report.requeued += 1
                else:
                    self.library.close_run(run)

    def emit_metrics(self, report: SweepReport) -> None:
        """The stale runs of every operation, and what remains.

        Each operation also gets no stored answers. With those of ROUTE they are the alarm's sign of progress, and
        without data "none" could not be distinguished from "not measured".
        """
        self.metrics.emit_counts({"RunsRemaining": report.remaining})
        for operation, stale in report.stale.items():
            self.metrics.emit_counts({"StaleRuns": stale, "StoredAnswers": 0}, Operation=operation)

    def count_pending(self, stale: list[Run]) -> dict[str, int]:
        """For each deployed operation, the runs that wait for it and became stale less than a day ago."""
        news = (run for run in stale if self.stale_after * (2**run.sweeps - 1) < COUNTED_FOR_MS)
        counts = Counter(name for run in news for name in run.pending)
        return {name: counts[name] for name in self.operations}

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

    def delete_leftover_copies(self, report: SweepReport, stop_at: int) -> None:
        """Delete staged copies that are older than their time to live, and those that no pending operation needs."""
        settled_before = self.now() - min(self.stale_after, self.staging_ttl)
        expired_before = self.now() - self.staging_ttl
        copies_in_time = takewhile(lambda _: self.now() < stop_at, self.staging.list_copies())
        for copies in batched(((key, at) for key, at in copies_in_time if at < settled_before), 1000):
            runs = self.library.find_runs({run_id for key, _ in copies if (run_id := find_run_id(key))})
            needed = {copy for run in runs.values() for copy in run.list_needed_copies(self.operations)}
            leftovers = [key for key, at in copies if at < expired_before or key not in needed]
            self.staging.delete(leftovers)
            report.staged_copies_deleted += len(leftovers)


@contextmanager
def collect_error(errors: list[Exception]) -> Iterator[None]:
    """Keep an error of this block, so that the sweep goes on."""
    try:
        yield
    except Exception as error:
        errors.append(error)


def find_run_id(staged_key: str) -> RunId | None:
    """The run of a staged key; None for a key that Rekbridge did not write."""
    try:
        return parse_run_id(staged_key)
    except UnreadableMessage:
        return None
