"""Nothing is forgotten: what is pending too long is sent again, or given up where it is deployed no more."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched

from rekbridge_lambda.domain.errors import UnknownOperation, UnreadableMessage
from rekbridge_lambda.domain.ids import run_of
from rekbridge_lambda.domain.operations import Plan
from rekbridge_lambda.domain.runs import Run
from rekbridge_lambda.ports import Answers, Clock, Library, Shelf, Staging, WorkQueues
from rekbridge_lambda.use_cases.enqueue import dispatch

# One sweep sends no more than this again; the next comes five minutes later.
MOST_RUNS = 500
LONGEST_PATIENCE_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep found."""

    sent_again: int
    staged_copies_deleted: int


@dataclass(frozen=True, slots=True)
class Sweep:
    """The ports and the plan that a sweep is made with; patience and the longest stay are in milliseconds."""

    plan: Plan
    patience: int
    longest_stay: int
    library: Library
    shelf: Shelf
    staging: Staging
    work: WorkQueues
    answers: Answers
    now: Clock

    def __call__(self) -> Swept:
        """Send overdue runs again, then take away what lies in staging without need.

        Raises what went wrong with single runs, all of it, when the others have been sent.
        """
        overdue = self.library.due(self.now() - self.patience, MOST_RUNS)
        failed = [error for run in overdue if (error := self.send_again(run))]
        leftovers = list(self.leftovers())
        self.staging.delete(leftovers)
        if failed:
            raise ExceptionGroup(f"{len(failed)} of {len(overdue)} runs could not be sent again", failed)
        return Swept(len(overdue), len(leftovers))

    def send_again(self, run: Run) -> Exception | None:
        """Ask once more for what is pending; each time that was in vain doubles the patience. What went wrong."""
        try:
            if run.pending:
                self.ask_again(run)
            else:
                self.library.close(run)
        except Exception as error:
            return error
        return None

    def ask_again(self, run: Run) -> None:
        """Give up what is deployed no more, send the rest, and come back to it later."""
        try:
            self.give_up(run)
            # A copy put again would begin its stay again.
            there = {copy for copy in run.needs(self.plan) if self.staging.size(copy) is not None}
            dispatch(run, self.plan, self.shelf, self.staging, self.work, there)
        finally:
            # Also when it failed: the same few runs, coming first each time, would keep SWEEP from all others.
            patience = min(self.patience * 2 ** (run.sweeps + 1), LONGEST_PATIENCE_MS)
            self.library.postpone(run, self.now() + patience - self.patience)

    def give_up(self, run: Run) -> None:
        """Tell ROUTE of what is pending and no longer deployed: its queue is gone, so nobody else would ever end it."""
        for name in sorted(run.pending - self.plan.keys()):
            self.answers.send(run.given_up(name, UnknownOperation(f"{name} was taken out before this image's turn")))

    def leftovers(self) -> Iterator[str]:
        """Staged copies past the longest stay, and those whose run is done or was never ours."""
        settled = self.now() - min(self.patience, self.longest_stay)
        expired = self.now() - self.longest_stay
        old = ((key, at) for key, at in self.staging.copies() if at < settled)
        for copies in batched(old, 1000):
            runs = self.library.runs({run for key, _ in copies if (run := owner_of(key))})
            needed = {copy for run in runs.values() for copy in run.needs(self.plan)}
            yield from (key for key, at in copies if at < expired or key not in needed)


def owner_of(staged: str) -> str | None:
    """The run of a staged key; none for a key that nobody here wrote."""
    try:
        return run_of(staged)
    except UnreadableMessage:
        return None
