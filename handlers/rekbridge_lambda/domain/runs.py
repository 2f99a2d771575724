"""The library's records: an image, the key that points at it, and its run through the operations."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rekbridge_lambda.domain.errors import Rejected, UnreadableMessage
from rekbridge_lambda.domain.ids import ImageId, OwnerId, RunId, make_staged_key
from rekbridge_lambda.domain.messages import AnalysisFinished, Work
from rekbridge_lambda.domain.operations import Operations
from rekbridge_lambda.domain.uploads import Upload


@dataclass(frozen=True, slots=True)
class Image:
    """One owner's image, whatever keys it was uploaded under. `content_sha256` is of the original file."""

    id: ImageId
    owner: OwnerId
    content_sha256: str
    format: str
    size: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Source:
    """One key and version: it points at an image, or has the code and reason why there is none."""

    upload: Upload
    image_id: ImageId | None = None
    run_id: RunId | None = None
    code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One image going through the operations.

    `prepared_keys` maps each operation to its prepared image, `pending` are the operations that have not ended,
    `refused` those whose limits no scaling of this image meets. A run is stale when the stale time has passed since
    `due_at` (milliseconds). Each sweep that requeues it moves `due_at` on, so that the wait doubles with `sweeps`.
    """

    id: RunId
    image_id: ImageId
    owner: OwnerId
    uploaded_at: int
    prepared_keys: Mapping[str, str]
    pending: frozenset[str] = field(default_factory=frozenset)
    staged_copies: frozenset[str] = field(default_factory=frozenset)
    refused: Mapping[str, Rejected] = field(default_factory=dict)
    # Operations that ended without an answer: a new upload of the image tries them again.
    unanswered: frozenset[str] = frozenset()
    due_at: int = 0
    sweeps: int = 0

    def make_work(self, operation: str) -> Work:
        """The message that requests one operation of this run."""
        return Work(self.id, operation)

    def make_failure(self, operation: str, why: Rejected) -> AnalysisFinished:
        """The message that ends one operation of this run without an answer."""
        return AnalysisFinished(self.id, operation, code=why.code, reason=str(why))

    def get_staged_key(self, operation: str) -> str:
        """The staged copy that this operation reads."""
        return make_staged_key(self.id, self.prepared_keys[operation])

    def list_needed_copies(self, operations: Operations, wanted: frozenset[str] | None = None) -> dict[str, list[str]]:
        """The staged copies that these operations need (default: the pending ones), each with those that read it."""
        copies: dict[str, list[str]] = {}
        for name in sorted((self.pending if wanted is None else wanted) & operations.keys()):
            if operations[name].transfer == "staged":
                copies.setdefault(self.get_staged_key(name), []).append(name)
        return copies


def require_operation(run: Run | None, message: Work | AnalysisFinished) -> Run:
    """The run that a message names. Raises UnreadableMessage if there is none, or if it lacks the operation."""
    if run is None:
        raise UnreadableMessage(f"there is no run {message.run_id} in this library")
    if message.operation not in run.prepared_keys:
        raise UnreadableMessage(f"run {run.id} has no such operation")
    return run
