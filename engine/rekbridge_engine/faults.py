"""Scripted faults: failures that a test asks for, limited to a number of calls or to a time."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

FAULT_KINDS = ("throttle", "error", "outage", "delay")


@dataclass(slots=True)
class Fault:
    """One scripted fault. Without `calls` and `seconds` it lasts until it is cleared.

    The fields up to `seconds` are the JSON keys of `/control/faults`.
    """

    fault: str
    operation: str = "*"
    region: str = "*"
    code: str = ""
    delay_ms: float = 0
    calls: int | None = None
    seconds: float | None = None
    expires_at: float | None = None

    @classmethod
    def parse(cls, script: Mapping[str, Any], now: float) -> Self:
        """Read a fault from the control endpoint's JSON. Raises ValueError that says what is wrong."""
        allowed = {"fault", "operation", "region", "code", "delay_ms", "calls", "seconds"}
        if unknown := sorted(script.keys() - allowed):
            raise ValueError(f"unknown keys: {', '.join(unknown)}; allowed keys: {', '.join(sorted(allowed))}")
        if script.get("fault") not in FAULT_KINDS:
            raise ValueError(f"fault must be one of {', '.join(FAULT_KINDS)}")
        for name in ("delay_ms", "calls", "seconds"):
            if script.get(name) is not None and not (isinstance(script[name], int | float) and script[name] >= 0):
                raise ValueError(f"{name} must be a number of at least 0")
        fault = cls(**{name: value for name, value in script.items() if value is not None})
        fault.expires_at = None if fault.seconds is None else now + fault.seconds
        return fault

    def is_used_up(self, now: float) -> bool:
        """Whether its calls are used up or its time is over."""
        return self.calls == 0 or (self.expires_at is not None and now >= self.expires_at)

    def matches(self, region: str, operation: str) -> bool:
        """Whether it applies to a call of this operation in this region."""
        return self.region in {"*", region} and self.operation in {"*", operation}


class Faults:
    """The active faults, oldest first."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._faults: list[Fault] = []

    def add(self, script: Mapping[str, Any]) -> None:
        """Add a fault from the control endpoint's JSON. Raises ValueError that says what is wrong."""
        self._faults.append(Fault.parse(script, self._now()))

    def clear(self) -> None:
        """End all faults."""
        self._faults.clear()

    def consume(self, region: str, operation: str) -> Fault | None:
        """Find the oldest fault that applies to this call, and use up one of the fault's calls."""
        now = self._now()
        self._faults = [fault for fault in self._faults if not fault.is_used_up(now)]
        for fault in self._faults:
            if fault.matches(region, operation):
                if fault.calls is not None:
                    fault.calls -= 1
                return fault
        return None
