"""ANALYZE: work from a queue becomes a stored result, and ROUTE is notified."""

from dataclasses import dataclass

from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.errors import ImageTooLarge, OutOfAttempts, Rejected, StagedCopyMissing
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.domain.messages import AnalysisFinished, Work
from rekbridge_lambda.domain.operations import DeployedOperation, Operations, get_operation
from rekbridge_lambda.domain.runs import Run, require_operation
from rekbridge_lambda.ports import Library, PreparedImageStore, ResultQueue, StagingStore
from rekbridge_lambda.use_cases.paid_call import ImageArgument, PaidCalls


@dataclass(frozen=True, slots=True)
class ImageAnalyzer:
    """Runs one operation on one image, which it finds by the run that the message names."""

    operations: Operations
    library: Library
    paid_calls: PaidCalls
    prepared_images: PreparedImageStore
    staging: StagingStore
    result_queue: ResultQueue

    def analyze_image(self, work: Work, deadline: int) -> str:
        """Store the result of one operation before the deadline (milliseconds), and notify ROUTE.

        Raises Unavailable when it has to wait, OutOfAttempts when a person has to look, UnreadableMessage.
        """
        run = require_operation(self.library.find_run(work.run_id), work)
        # An operation without an answer has ended too, but a person may send its message again.
        if work.operation not in run.pending | run.unanswered:
            return f"{work.operation} has its result already"
        try:
            result_key = self.ensure_result(run, work.operation, deadline)
        except Rejected as why:
            self.report_finished(work, code=why.code, reason=str(why))
            return f"{work.operation} failed ({why.code})"
        except OutOfAttempts as why:
            self.report_finished(work, code="out-of-attempts", reason=str(why))
            raise
        if result_key is None:
            return "staged the missing copy again; its arrival will send this work again"
        self.report_finished(work, result_key=result_key)
        return result_key

    def ensure_result(self, run: Run, name: str, deadline: int) -> ResultKey | None:
        """The key of the stored result; None when the staged copy was missing and is staged again. Raises Rejected."""
        operation = get_operation(self.operations, name)
        key = ids.make_result_key(run.image_id, name, operation.parameters)
        try:
            self.paid_calls.ensure_result(key, operation, lambda: self.load_image_argument(run, operation), deadline)
        except StagedCopyMissing:
            self.staging.put(run.get_staged_key(name), self.prepared_images.get(run.prepared_keys[name]))
            return None
        return key

    def load_image_argument(self, run: Run, operation: DeployedOperation) -> ImageArgument:
        """The prepared image as the request names it. Raises Gone when it has expired, StagedCopyMissing."""
        if operation.transfer == "staged":
            staged_key = run.get_staged_key(operation.name)
            size = self.staging.get_size(staged_key)
            if size is None:
                # Found missing here, it is no attempt: five would end an image that only waited too long.
                raise StagedCopyMissing("the staged copy was deleted before it was analysed")
            return {"S3Object": {"Name": staged_key}}, size
        body = self.prepared_images.get(run.prepared_keys[operation.name])
        if len(body) > operation.limits.bytes:
            # The operation was deployed with the other transfer since. As a stored result this would outlast the run.
            raise ImageTooLarge(f"{len(body)} bytes were prepared for the staged transfer; upload the image again")
        return {"Bytes": body}, len(body)

    def report_finished(
        self, work: Work, result_key: ResultKey | None = None, code: str | None = None, reason: str | None = None
    ) -> None:
        """Send ROUTE the key of the result, or the reason why there is none."""
        self.result_queue.send(AnalysisFinished(work.run_id, work.operation, result_key, code, reason))
