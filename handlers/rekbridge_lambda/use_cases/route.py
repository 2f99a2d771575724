"""An answer becomes part of the library, and what it needed outside home goes."""

from dataclasses import dataclass

from rekbridge_lambda.domain import operations
from rekbridge_lambda.domain.messages import Answered
from rekbridge_lambda.domain.results import Result, labels, seen
from rekbridge_lambda.ports import Announcements, Clock, Library, Results, Staging


@dataclass(frozen=True, slots=True)
class Route:
    """The ports that an answer is routed with."""

    results: Results
    library: Library
    staging: Staging
    announcements: Announcements
    now: Clock

    def __call__(self, answered: Answered) -> str:
        """Index, count and store one answer, each exactly once; the last of a run takes its staged copies away."""
        result = self.result(answered)
        operation = operations.CATALOG.get(answered.operation)
        found = labels(operation, result.answer) if operation else []
        run = self.library.record(
            answered, result, found, seen(operation, result.answer) if operation else [], self.now()
        )
        if not run.pending:
            self.staging.delete(sorted(run.staged))
            self.library.close(run)
        self.announcements.announce(answered, result)
        return f"{result.status}, {len(run.pending)} pending"

    def result(self, answered: Answered) -> Result:
        """The answer in the results bucket; for work that was given up, the reason."""
        if answered.result:
            return self.results.get(answered.result)
        return Result.without_answer(answered.operation, answered.code, answered.reason, self.now())
