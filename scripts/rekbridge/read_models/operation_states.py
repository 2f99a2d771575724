"""The state of an upload and of each of its operations, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rekbridge_lambda.adapters.dynamodb.readers import OperationResult

from rekbridge.read_models.uploads import UploadStatus

# not_ingested: INGEST has not stored it yet. rejected: it is not an image that Rekbridge accepts.
type UploadState = Literal["not_ingested", "rejected", "pending", "settled"]
# done also means: analysed, and nothing was found. not_run: deployed after this upload was ingested.
type OperationState = Literal["done", "failed", "pending", "not_run"]


@dataclass(frozen=True, slots=True)
class OperationStatus:
    """One operation of an upload, with its result when it has ended."""

    operation: str
    state: OperationState
    result: OperationResult | None = None


def get_upload_state(status: UploadStatus) -> UploadState:
    """The state of an upload as a whole."""
    if status.image_id is None:
        return "rejected" if status.code is not None else "not_ingested"
    return "settled" if status.is_settled else "pending"


def list_operation_statuses(status: UploadStatus, deployed: Iterable[str]) -> list[OperationStatus]:
    """Every deployed operation, and every other one with a result; none for an upload without an image.

    An operation that is pending again keeps the result of its earlier run, which is then still shown.
    """
    if status.image_id is None:
        return []
    pending = status.run.pending if status.run else frozenset[str]()
    return [
        OperationStatus(name, _get_operation_state(name, pending, status.results.get(name)), status.results.get(name))
        for name in sorted({*deployed, *status.results, *pending})
    ]


def _get_operation_state(name: str, pending: frozenset[str], result: OperationResult | None) -> OperationState:
    if name in pending:
        return "pending"
    if result is None:
        return "not_run"
    return "failed" if result.code else "done"
