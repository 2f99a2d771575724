"""Nothing is forgotten: what is pending too long is sent again, and leftovers in the remote region go."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched

from handlers.domain.errors import UnreadableMessage
from handlers.domain.identity import run_of
from handlers.domain.operations import Plan
from handlers.domain.runs import Run
from handlers.flows.dispatch import dispatch
from handlers.ports import Clock, Library, Shelf, Staging, WorkQueues

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
    now: Clock

    def __call__(self) -> Swept:
        """Take away what lies in staging without need, then send overdue runs again."""
        leftovers = list(self.leftovers())
        self.staging.delete(leftovers)
        overdue = self.library.due(self.now() - self.patience, MOST_RUNS)
        for run in overdue:
            self.send_again(run)
        return Swept(len(overdue), len(leftovers))

    def send_again(self, run: Run) -> None:
        """Ask once more for what is pending; each time that was in vain doubles the patience."""
        if not run.pending:
            self.library.close(run)
            return
        dispatch(run, self.plan, self.shelf, self.staging, self.work)
        patience = min(self.patience * 2 ** (run.sweeps + 1), LONGEST_PATIENCE_MS)
        self.library.postpone(run, self.now() + patience - self.patience)

    def leftovers(self) -> Iterator[str]:
        """Staged copies past the longest stay, and those whose run is done or was never ours."""
        settled = self.now() - min(self.patience, self.longest_stay)
        expired = self.now() - self.longest_stay
        old = ((key, at) for key, at in self.staging.copies() if at < settled)
        for copies in batched(old, 1000):
            runs = self.library.runs({run for key, _ in copies if (run := owner_of(key))})
            needed = {copy for run in runs.values() for copy in run.staged if run.reading(copy, self.plan)}
            yield from (key for key, at in copies if at < expired or key not in needed)


def owner_of(staged: str) -> str | None:
    """The run of a staged key; none for a key that nobody here wrote."""
    try:
        return run_of(staged)
    except UnreadableMessage:
        return None
