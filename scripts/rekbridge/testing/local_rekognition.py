"""The control endpoint of the local Rekognition: adds faults, sets quotas, and lists the calls that arrived."""

from dataclasses import dataclass
from typing import Any

from rekbridge.support import local_http

# Matches every operation, or every region.
ALL = "*"


@dataclass(frozen=True, slots=True)
class RekognitionCall:
    """One call as Rekognition logged it. The field names are the JSON keys of its log.

    `answer` is ok, an error code, ConnectionDropped or Abandoned. `metadata` names the metadata that the image still
    had. `sha256` is of the image; it is empty for a staged image that was not read because the call was refused.
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
class LocalRekognition:
    """Adds faults for a number of calls (`None`: all) or seconds (`None`: until cleared).

    Operations are Rekognition's actions, for example DetectFaces.
    """

    control_url: str

    def throttle(
        self, operation: str = ALL, region: str = ALL, calls: int | None = None, seconds: float | None = None
    ) -> None:
        """Answer that the quota is exceeded."""
        self._add_fault("throttle", operation, calls, seconds, region=region)

    def return_error(
        self,
        code: str,
        operation: str = ALL,
        region: str = ALL,
        calls: int | None = None,
        seconds: float | None = None,
    ) -> None:
        """Answer with this error code."""
        self._add_fault("error", operation, calls, seconds, code=code, region=region)

    def drop_connections(self, region: str = ALL, calls: int | None = None, seconds: float | None = None) -> None:
        """Drop every connection, like a region that is down."""
        self._add_fault("outage", ALL, calls, seconds, region=region)

    def delay(
        self,
        milliseconds: float,
        operation: str = ALL,
        region: str = ALL,
        calls: int | None = None,
        seconds: float | None = None,
    ) -> None:
        """Answer later by this time."""
        self._add_fault("delay", operation, calls, seconds, delay_ms=milliseconds, region=region)

    def set_quota(self, region: str, operation: str, tps: float) -> None:
        """Accept this many calls per second in a region and throttle the others, until `reset`."""
        self._send("POST", "quotas", {"region": region, "operation": operation, "tps": tps})

    def clear_faults(self) -> None:
        """Remove all faults."""
        self._send("DELETE", "faults")

    def list_calls(self, operation: str = ALL) -> list[RekognitionCall]:
        """Return every call that has ended since the start or the last `reset`, oldest first."""
        calls = [RekognitionCall(**row) for row in self._send("GET", "calls")]
        return [call for call in calls if operation in {ALL, call.operation}]

    def reset(self) -> None:
        """Remove all faults, restore the default quotas and clear the log of calls."""
        self.clear_faults()
        self._send("DELETE", "quotas")
        self._send("DELETE", "calls")

    def _add_fault(self, fault: str, operation: str, calls: int | None, seconds: float | None, **details: Any) -> None:
        script = {"fault": fault, "operation": operation, "calls": calls, "seconds": seconds}
        self._send("POST", "faults", script | details)

    def _send(self, method: str, resource: str, body: Any = None) -> Any:
        return local_http.send_json(method, f"{self.control_url}/{resource}", body)
