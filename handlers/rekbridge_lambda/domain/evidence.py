"""The events that prove where the bytes of an image went. docs/evidence.md is their format for those who verify it.

Owner, image and content are keyed hashes: when the owner's key is destroyed, a record stays valid and links to nobody.
"""

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import ClassVar, Literal

from rekbridge_lambda.domain.canonical_json import encode_canonical
from rekbridge_lambda.domain.ids import ImageId, OwnerKey, ResultKey, hash_parts, hash_with_key

# With an inclusion path among 10,000 lines, a proof of such a line has at most 2 KB.
MAX_LINE_BYTES = 1_000

# `unknown`: no answer came, so AWS may have made the call or not.
type CallOutcome = Literal["done", "throttled", "refused", "failed", "unknown"]
type ItemChange = Literal["modified", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequested:
    """A call that may leave now. `call` is one attempt (make_call_id), `sent_hmac` the keyed hash of what is sent.

    `at` is in milliseconds since 1970, here and in all events.
    """

    kind: ClassVar = "call-requested"
    at: int
    deployment: str
    call: str
    owner: str
    image: ImageId
    operation: str
    from_region: str
    to_region: str
    transfer: str
    sent_bytes: int
    sent_hmac: str
    attempt: int

    @property
    def event_id(self) -> str:
        """32 hex digits; the same for the same attempt, so that a repeated write is the same item."""
        return hash_parts(self.kind, self.call)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFinished:
    """What became of a call. `request_id` is Rekognition's, which CloudTrail has, too; empty if no answer came."""

    kind: ClassVar = "call-finished"
    at: int
    deployment: str
    call: str
    image: ImageId
    outcome: CallOutcome
    request_id: str

    @property
    def event_id(self) -> str:
        """32 hex digits: a call has one outcome."""
        return hash_parts(self.kind, self.call)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRequested:
    """A copy that may be put abroad now. The last part of `staged_key` is a keyed hash of its bytes."""

    kind: ClassVar = "copy-requested"
    at: int
    deployment: str
    image: ImageId
    staged_key: str
    from_region: str
    to_region: str
    sent_bytes: int

    @property
    def event_id(self) -> str:
        """32 hex digits: a key may be put again at another time."""
        return hash_parts(self.kind, self.staged_key, str(self.at))


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyStored:
    """S3 has confirmed the put of a copy that was requested at `requested_at`."""

    kind: ClassVar = "copy-stored"
    at: int
    deployment: str
    image: ImageId
    staged_key: str
    to_region: str
    requested_at: int

    @property
    def event_id(self) -> str:
        """32 hex digits: a request is confirmed once."""
        return hash_parts(self.kind, self.staged_key, str(self.requested_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyDeleted:
    """S3 has confirmed that a copy is deleted."""

    kind: ClassVar = "copy-deleted"
    at: int
    deployment: str
    image: ImageId
    staged_key: str
    to_region: str

    @property
    def event_id(self) -> str:
        """32 hex digits: a key may be deleted again at another time."""
        return hash_parts(self.kind, self.staged_key, str(self.at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """The key of an owner is about to be destroyed."""

    kind: ClassVar = "erasure"
    at: int
    deployment: str
    owner: str

    @property
    def event_id(self) -> str:
        """32 hex digits: an owner, with this key, is erased once."""
        return hash_parts(self.kind, self.owner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Somebody changed or removed a stored event. SEAL writes it from the table's stream; `sequence` is the stream's.

    Both images are hashes only: what a stranger wrote into the table must not become undeletable.
    `after_sha256` is empty if the item was removed.
    """

    kind: ClassVar = "changed"
    at: int
    deployment: str
    image: ImageId
    changed_event: str
    change: ItemChange
    before_sha256: str
    after_sha256: str
    sequence: str

    @property
    def event_id(self) -> str:
        """32 hex digits: the stream has a number for every change."""
        return hash_parts(self.kind, self.changed_event, self.sequence)


type Event = CallRequested | CallFinished | CopyRequested | CopyStored | CopyDeleted | Erasure | Changed

EVENT_TYPES: tuple[type[Event], ...] = (
    CallRequested, CallFinished, CopyRequested, CopyStored, CopyDeleted, Erasure, Changed
)  # fmt: skip


FIELD_NAMES = {event_type: [field.name for field in fields(event_type)] for event_type in EVENT_TYPES}
GET_VALUES = {event_type: attrgetter(*names) for event_type, names in FIELD_NAMES.items()}


def make_call_id(result_key: ResultKey, lease_until: int) -> str:
    """32 hex digits for one attempt: no two attempts at a result have the same lease."""
    return hash_parts("call", result_key, str(lease_until))


def hash_owner(key: OwnerKey) -> str:
    """The owner of this key, as evidence names it."""
    return hash_with_key(key, "evidence owner")


def hash_sent(key: OwnerKey, content_sha256: str) -> str:
    """The content of a call, as evidence names it: nobody can test it for a known picture without the key."""
    return hash_with_key(key, "evidence sent", content_sha256)


def to_line(event: Event) -> bytes:
    """One line of a segment, without its newline. Raises ValueError if it is longer than MAX_LINE_BYTES."""
    values = dict(zip(FIELD_NAMES[type(event)], GET_VALUES[type(event)](event), strict=True))
    values["event"], values["kind"] = event.event_id, event.kind
    line = encode_canonical(values)
    if len(line) > MAX_LINE_BYTES:
        raise ValueError(f"the line of a {event.kind} event has {len(line)} bytes, the limit is {MAX_LINE_BYTES}")
    return line
