"""What the use cases need from the outside world. The comment above each port names its implementation.

The fakes are in tests/fakes.py; tests/contract shows that both behave alike.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Protocol

from rekbridge_lambda.domain.claims import Attempt, Claim, Outcome
from rekbridge_lambda.domain.ids import OwnerId, OwnerKey, ResultKey, RunId
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, PreparedImage
from rekbridge_lambda.domain.messages import AnalysisFinished, Work
from rekbridge_lambda.domain.operations import DeployedOperation
from rekbridge_lambda.domain.rate_limits import RateLimitState, Reservation, TrafficClass
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.runs import Image, Run, Source
from rekbridge_lambda.domain.uploads import PresignedPost, Upload, UploadRequest

# The time of day in milliseconds since 1970.
type Clock = Callable[[], int]
# Waits so many milliseconds; returns at once for zero or less.
type Sleep = Callable[[int], None]


# adapters/s3/media.py MediaBucket
class MediaStore(Protocol):
    """The original files at home."""

    def find_upload(self, key: str, version: str | None = None) -> Upload:
        """The given version of a key, or its current version. Raises Gone."""

    def read_range(self, upload: Upload, offset: int, length: int) -> bytes:
        """A range of one version's bytes. Raises Gone when that version was deleted."""

    def download(self, upload: Upload, into: BinaryIO) -> str:
        """Stream one version into a file; returns its SHA-256 in hex. Raises Gone when that version was deleted."""


# adapters/owner_keys.py DerivedOwnerKeys
class OwnerKeys(Protocol):
    """One key per owner, for ids that nobody outside the home region can compute."""

    def load_key(self, owner: OwnerId) -> OwnerKey:
        """The owner's key, made with the owner's first image. Raises Unavailable while its secret cannot be read."""


# imaging/preparation.py PillowPreparer
class ImagePreparer(Protocol):
    """Turns a file into an image that Rekognition accepts."""

    def prepare(self, file: BinaryIO, header: ImageHeader, limits: ImageLimits) -> PreparedImage:
        """A JPEG or PNG within the limits and without metadata. Raises Rejected."""


# adapters/s3/presigned_posts.py MediaUploadSigner
class UploadSigner(Protocol):
    """Lets callers upload files directly to the media bucket."""

    def sign_upload(self, upload_request: UploadRequest) -> PresignedPost:
        """A form with which its holder may upload one file to one key for 15 minutes."""


# adapters/s3/prepared.py PreparedBucket
class PreparedImageStore(Protocol):
    """Prepared images at home."""

    def put(self, key: str, prepared: PreparedImage) -> None:
        """Store a prepared image; storing it again changes nothing."""

    def get(self, key: str) -> bytes:
        """The bytes of a prepared image. Raises Gone when it has expired."""


# adapters/s3/staging.py StagingBucket
class StagingStore(Protocol):
    """Staged copies in the remote region, for as long as their analysis needs them."""

    def put(self, key: str, body: bytes) -> None:
        """Stage a copy; the bridge announces its arrival."""

    def get_size(self, key: str) -> int | None:
        """The size of a copy in bytes; None when it does not exist."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete copies; a missing copy is no error."""

    def list_copies(self) -> Iterator[tuple[str, int]]:
        """Every copy with the time it was staged (milliseconds)."""


# adapters/dynamodb/library.py LibraryTable
class Library(Protocol):
    """Images, their sources, their runs and their results."""

    def find_source(self, upload: Upload) -> Source | None:
        """The source of this key and version, if INGEST has seen it."""

    def add_ingest_attempts(self, upload: Upload, change: int) -> int:
        """Change the number of ingest attempts of a source that have not ended; returns the new number."""

    def store_rejection(self, source: Source) -> None:
        """Store why a source has no image, unless it already has one."""

    def admit_upload(self, source: Source, image: Image, run: Run) -> Run:
        """Store source, image and run, where they are new, all or nothing; returns the run as it is now."""

    def find_run(self, run_id: RunId) -> Run | None:
        """One run."""

    def find_runs(self, run_ids: Iterable[RunId]) -> dict[RunId, Run]:
        """Many runs by their id; unknown ids are left out."""

    def store_result(
        self, run: Run, finished: AnalysisFinished, result: Result, labels: list[str], summary: list[str], at: int
    ) -> Run:
        """Index and count the labels, store the result, end the operation of its run: each exactly once.

        A failure never replaces an answer. Returns the run as it is now.
        """

    def close_run(self, run: Run) -> None:
        """The run has ended and its staged copies are deleted."""

    def find_due_runs(self, at: int, limit: int) -> list[Run]:
        """Open runs whose `due_at` is before a time (milliseconds)."""

    def find_requeued_runs(self, due_from: int, limit: int) -> list[Run]:
        """Open runs that were requeued before and whose `due_at` is at or after a time (milliseconds)."""

    def postpone_run(self, run: Run, until: int) -> None:
        """Set `due_at` of a requeued run to a time (milliseconds), and count the sweep."""


# adapters/s3/results.py ResultsBucket
class ResultStore(Protocol):
    """Rekognition's responses at home."""

    def has_result(self, key: ResultKey) -> bool:
        """Whether there is a result under this key."""

    def put_if_absent(self, key: ResultKey, result: Result) -> None:
        """Store the first result for a key; a later one changes nothing."""

    def load_result(self, key: ResultKey) -> Result:
        """A stored result."""


# adapters/dynamodb/claims.py ClaimsTable
class ClaimStore(Protocol):
    """Leases on paid calls, with every attempt."""

    def claim(self, result_key: ResultKey, attempt: Attempt, lease_until: int) -> Claim:
        """Lease the right to pay for a result.

        Raises ClaimHeld while another worker has the lease, OutOfAttempts after five attempts.
        """

    def complete(self, claim: Claim, outcome: Outcome, detail: str) -> None:
        """Record the outcome of the attempt and release the lease; an unpaid attempt is not counted."""

    def release(self, claim: Claim) -> None:
        """Release the lease and remove its attempt: nothing was called."""


# adapters/metrics.py EmbeddedMetrics
class Metrics(Protocol):
    """Counts for alarms and dashboards, each of this deployment only."""

    def emit_counts(self, counts: Mapping[str, int], **dimensions: str) -> None:
        """Add to metrics that have the same dimensions. It never fails."""


# rate_limiting/limiter.py RegionRateLimiter
class RegionSelector(Protocol):
    """Chooses region and time of the next call, from the outcomes of the calls before."""

    def reserve(self, operation: DeployedOperation) -> Reservation:
        """Reserve a call in one of the operation's regions. Raises Throttled with the wait when none is near."""

    def report_success(self, reservation: Reservation) -> None:
        """The region answered, with whatever result."""

    def report_throttle(self, reservation: Reservation) -> None:
        """The region answered that its quota is used up."""

    def report_failure(self, reservation: Reservation) -> None:
        """The region did not answer."""

    def report_refusal(self, reservation: Reservation) -> None:
        """This account may not call the region."""


# rate_limiting/table.py RateLimitTable
class RateLimitStore(Protocol):
    """One item per operation and region, changed by all workers with conditional writes; times in microseconds.

    Each change returns whether it was made, and the state as it is now.
    """

    def advance(
        self, operation: str, region: str, share_of: TrafficClass, emission_interval: int, earliest: int, latest: int
    ) -> tuple[bool, RateLimitState]:
        """Reserve the next call of a share if its `tat` is between two times, and move it on.

        Never while the circuit is open.
        """

    def restart(
        self, operation: str, region: str, share_of: TrafficClass, tat: int, idle_before: int
    ) -> tuple[bool, RateLimitState]:
        """Set the `tat` of a share where it is missing or before `idle_before`; never while the circuit is open."""

    def decrease_rate(self, operation: str, region: str, rate_milli: int, at: int, last_before: int) -> RateLimitState:
        """Store a lower rate, unless one was stored after `last_before`."""

    def open_circuit(
        self, operation: str, region: str, until: int, expected: int | None
    ) -> tuple[bool, RateLimitState]:
        """Open the circuit until a time, if `open_until` is still the expected one (None: closed)."""

    def claim_probe(self, operation: str, region: str, until: int, expected: int) -> tuple[bool, RateLimitState]:
        """Claim the one call that may probe a half-open circuit; nobody else may before `until`."""

    def close_circuit(self, operation: str, region: str) -> RateLimitState:
        """The region works again."""

    def load_states(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], RateLimitState]:
        """Current states by operation and region; one that was never used is empty."""


# rate_limiting/caller_table.py CallerLimitTable
class CallerLimitStore(Protocol):
    """One item per caller of the REST API, changed with conditional writes; times in microseconds.

    Each change returns whether it was made, and the caller's `tat` as it is now. The item is deleted after
    `expires_at` (seconds). Raises Unavailable.
    """

    def advance(
        self, caller_id: str, emission_interval: int, earliest: int, latest: int, expires_at: int
    ) -> tuple[bool, int | None]:
        """Admit one request if `tat` is between two times, and move it on."""

    def restart(self, caller_id: str, tat: int, idle_before: int, expires_at: int) -> tuple[bool, int | None]:
        """Set `tat` where it is missing or before `idle_before`."""


# adapters/rekognition.py Rekognition
class RekognitionApi(Protocol):
    """Rekognition, in every region that this deployment may call."""

    def analyze(self, operation: DeployedOperation, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
        """Its response. Raises RefusedByService, Throttled, RegionRefused, StagedCopyMissing or Unavailable."""


# adapters/sqs/senders.py SqsWorkQueue
class WorkQueue(Protocol):
    """One queue of work per operation."""

    def send(self, work: Iterable[Work]) -> None:
        """Send work to the queues of its operations. Raises Unavailable unless every message was accepted."""

    def get_depth(self, operation: str) -> int:
        """The approximate number of messages waiting in an operation's queue."""


# adapters/sqs/senders.py SqsResultQueue
class ResultQueue(Protocol):
    """The queue that ROUTE reads."""

    def send(self, finished: AnalysisFinished) -> None:
        """Send the end of an analysis to ROUTE. Raises Unavailable unless it was accepted."""


# adapters/eventbridge.py EventBridgePublisher
class EventPublisher(Protocol):
    """The event bus to which sinks subscribe."""

    def publish(self, run: Run, finished: AnalysisFinished, result: Result) -> None:
        """Publish a routed result; a repeat has the same id. Raises Unavailable unless it was accepted."""
