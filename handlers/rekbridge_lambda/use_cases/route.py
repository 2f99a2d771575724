"""ROUTE: a result becomes part of the library, its event is published, and its staged copies are deleted."""

from dataclasses import dataclass

from rekbridge_lambda.domain.ids import check_result_key
from rekbridge_lambda.domain.messages import AnalysisFinished
from rekbridge_lambda.domain.operations import CATALOG
from rekbridge_lambda.domain.results import Result, extract_labels, summarize_response
from rekbridge_lambda.domain.runs import Run, require_operation
from rekbridge_lambda.ports import Clock, EventPublisher, Library, Metrics, ResultStore, StagingStore


@dataclass(frozen=True, slots=True)
class ResultRouter:
    """Routes the results of finished analyses."""

    results: ResultStore
    library: Library
    staging: StagingStore
    event_publisher: EventPublisher
    metrics: Metrics
    now: Clock

    def route_result(self, finished: AnalysisFinished) -> str:
        """Index, count and store one result, each exactly once; the last result of a run deletes its staged copies.

        Raises UnreadableMessage for an unknown run, and for the result of another image or operation.
        """
        run = require_operation(self.library.find_run(finished.run_id), finished)
        result = self.load_result(run, finished)
        operation = CATALOG.get(finished.operation)
        labels = extract_labels(operation, result.response) if operation else []
        summary = summarize_response(operation, result.response) if operation else []
        run = self.library.store_result(run, finished, result, labels, summary, self.now())
        if not run.pending:
            self.staging.delete(sorted(run.staged_copies))
            self.library.close_run(run)
        self.event_publisher.publish(run, finished, result)
        if finished.result_key:
            # As long as answers arrive, what waits for this operation makes progress.
            self.metrics.emit_counts({"StoredAnswers": 1}, Operation=finished.operation)
        outcome = f"{result.status} ({result.code})" if result.code else result.status
        return f"{finished.operation} {outcome}, {len(run.pending)} operations of the run pending"

    def load_result(self, run: Run, finished: AnalysisFinished) -> Result:
        """The result in the results bucket; for work that ended without one, its reason."""
        if finished.result_key:
            key = check_result_key(finished.result_key, run.image_id, finished.operation)
            return self.results.load_result(key)
        return Result.create_failure(finished.operation, finished.code, finished.reason, self.now())
