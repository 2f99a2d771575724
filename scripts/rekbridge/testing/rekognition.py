"""The local Rekognition's control endpoint: what shall go wrong, and what really reached it."""

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

# Never through a proxy of the operator's.
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))

EVERY = "*"


@dataclass(frozen=True, slots=True)
class Call:
    """One call as Rekognition saw it; `answer` is ok, an error code, ConnectionDropped or Abandoned.

    `sha256` is of the image, and empty when it was staged and refused before it was read.
    """

    id: str
    at: str
    region: str
    operation: str
    mode: str
    bytes: int
    metadata: list[str]
    answer: str
    ms: float
    sha256: str


@dataclass(frozen=True, slots=True)
class Rekognition:
    """Scripts faults for calls (`None`: all) or seconds (`None`: until cleared), by Rekognition's operation names."""

    control: str

    def throttle(
        self, operation: str = EVERY, region: str = EVERY, calls: int | None = None, seconds: float | None = None
    ) -> None:
        """Answer that the quota is used up."""
        self._fault("throttle", operation, calls, seconds, region=region)

    def refuse(
        self,
        code: str,
        operation: str = EVERY,
        region: str = EVERY,
        calls: int | None = None,
        seconds: float | None = None,
    ) -> None:
        """Answer with this error code."""
        self._fault("error", operation, calls, seconds, code=code, region=region)

    def drop(self, region: str = EVERY, calls: int | None = None, seconds: float | None = None) -> None:
        """Drop every connection, as a region does that is down."""
        self._fault("outage", EVERY, calls, seconds, region=region)

    def delay(
        self,
        milliseconds: float,
        operation: str = EVERY,
        region: str = EVERY,
        calls: int | None = None,
        seconds: float | None = None,
    ) -> None:
        """Answer so much later."""
        self._fault("delay", operation, calls, seconds, delay_ms=milliseconds, region=region)

    def quota(self, region: str, operation: str, tps: float) -> None:
        """Let a region take so many calls a second, and refuse the rest, until `clear`."""
        self._send("POST", "quotas", {"region": region, "operation": operation, "tps": tps})

    def recover(self) -> None:
        """End all faults."""
        self._send("DELETE", "faults")

    def calls(self, operation: str = EVERY) -> list[Call]:
        """Every call that has ended since the test began, oldest first."""
        found = [Call(**row) for row in self._send("GET", "calls")]
        return [call for call in found if operation in {EVERY, call.operation}]

    def clear(self) -> None:
        """End all faults, give every region its default quotas and forget all calls."""
        self.recover()
        self._send("DELETE", "quotas")
        self._send("DELETE", "calls")

    def _fault(self, fault: str, operation: str, calls: int | None, seconds: float | None, **more: Any) -> None:
        script = {"fault": fault, "operation": operation, "calls": calls, "seconds": seconds}
        self._send("POST", "faults", script | more)

    def _send(self, method: str, what: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.control}/{what}", data, method=method)
        with _DIRECTLY.open(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None
