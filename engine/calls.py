"""The call log: what reached this endpoint, in whose name it was answered, and what the bytes still told."""

import builtins
import hashlib
import time
import uuid
from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from engine.metadata import embedded

# Enough for any test run; a forgotten control endpoint does not eat the memory.
KEPT = 100_000


@dataclass(slots=True)
class Call:
    """One call as the log tells it. For two images, bytes add up and the digests stand side by side."""

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
    started: float = field(default_factory=time.perf_counter)

    def saw(self, mode: str, image: "builtins.bytes") -> None:
        """Note an image this call brought ("bytes") or pointed at ("staged")."""
        self.mode = mode if self.mode in {"", mode} else "mixed"
        self.bytes += len(image)
        self.metadata = sorted({*self.metadata, *embedded(image)})
        self.sha256 = "+".join(filter(None, [self.sha256, hashlib.sha256(image).hexdigest()]))

    @property
    def elapsed(self) -> float:
        """Seconds since the call came in."""
        return time.perf_counter() - self.started

    def row(self) -> dict[str, Any]:
        """The call as the control endpoint shows it."""
        row = asdict(self)
        del row["started"]
        return row


class CallLog:
    """The calls since the start or the last clearing, oldest first."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT)

    def add(self, call: Call, answer: str) -> None:
        """Close a call with the answer it got and keep it."""
        call.answer, call.ms = answer, round(call.elapsed * 1000, 1)
        self._calls.append(call)

    def rows(self) -> list[dict[str, Any]]:
        """Every call kept."""
        return [call.row() for call in self._calls]

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()
