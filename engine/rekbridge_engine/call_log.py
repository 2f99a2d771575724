"""The call log: every call to this endpoint, with its outcome and the metadata still in its images."""

import builtins
import hashlib
import time
import uuid
from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from rekbridge_engine.metadata import find_metadata

# More than a test run needs. The limit keeps an endpoint that is never cleared from using up the memory.
MAX_CALLS = 100_000


@dataclass(slots=True)
class RecordedCall:
    """One call. The field names are the JSON keys of `/control/calls`.

    For a call with two images, `bytes` is their sum and `sha256` holds both digests, joined by `+`.
    `order` is the id of the ordered answer that the call got, or None.
    """

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    region: str = ""
    operation: str = ""
    mode: str = ""
    bytes: int = 0
    metadata: list[str] = field(default_factory=list)
    answer: str = ""
    ms: float = 0
    sha256: str = ""
    order: int | None = None
    started: float = field(default_factory=time.perf_counter)

    def record_image(self, mode: str, image: "builtins.bytes") -> None:
        """Add an image that came in the request ("bytes") or was read from S3 ("staged")."""
        self.mode = mode if self.mode in {"", mode} else "mixed"
        self.bytes += len(image)
        self.metadata = sorted({*self.metadata, *find_metadata(image)})
        self.sha256 = "+".join(filter(None, [self.sha256, hashlib.sha256(image).hexdigest()]))

    @property
    def elapsed_s(self) -> float:
        """Seconds since the call arrived."""
        return time.perf_counter() - self.started

    def to_dict(self) -> dict[str, Any]:
        """The call as `/control/calls` returns it."""
        row = asdict(self)
        del row["started"]
        return row


class CallLog:
    """The calls since the start or the last `clear`, oldest first."""

    def __init__(self) -> None:
        self._calls: deque[RecordedCall] = deque(maxlen=MAX_CALLS)

    def add(self, call: RecordedCall, outcome: str) -> None:
        """Add a finished call; `outcome` is "ok", an error code, "ConnectionDropped" or "Abandoned"."""
        call.answer, call.ms = outcome, round(call.elapsed_s * 1000, 1)
        self._calls.append(call)

    def to_dicts(self) -> list[dict[str, Any]]:
        """All calls as `/control/calls` returns them."""
        return [call.to_dict() for call in self._calls]

    def clear(self) -> None:
        """Delete all calls."""
        self._calls.clear()
