"""Scripted faults: what a test lets go wrong, for so many calls or so long."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

KINDS = ("throttle", "error", "outage", "delay")


@dataclass(slots=True)
class Fault:
    """One scripted fault; `calls` and `seconds` of None mean until it is cleared."""

    fault: str
    operation: str = "*"
    region: str = "*"
    code: str = ""
    delay_ms: float = 0
    calls: int | None = None
    seconds: float | None = None
    until: float | None = None

    @classmethod
    def read(cls, script: Mapping[str, Any], now: float) -> Self:
        """A fault from the control endpoint's JSON. Raises ValueError with what is wrong with it."""
        known = {"fault", "operation", "region", "code", "delay_ms", "calls", "seconds"}
        if unknown := sorted(script.keys() - known):
            raise ValueError(f"unknown: {', '.join(unknown)}; known are {', '.join(sorted(known))}")
        if script.get("fault") not in KINDS:
            raise ValueError(f"fault must be one of {', '.join(KINDS)}")
        for name in ("delay_ms", "calls", "seconds"):
            if script.get(name) is not None and not (isinstance(script[name], int | float) and script[name] >= 0):
                raise ValueError(f"{name} must be a number from 0")
        fault = cls(**{name: value for name, value in script.items() if value is not None})
        fault.until = None if fault.seconds is None else now + fault.seconds
        return fault

    def spent(self, now: float) -> bool:
        """Whether its calls or its time are used up."""
        return self.calls == 0 or (self.until is not None and now >= self.until)

    def hits(self, region: str, operation: str) -> bool:
        """Whether it is meant for this call."""
        return self.region in {"*", region} and self.operation in {"*", operation}


class Faults:
    """The faults under way, oldest first."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._faults: list[Fault] = []

    def script(self, script: Mapping[str, Any]) -> None:
        """Add a fault. Raises ValueError for one that cannot be meant."""
        self._faults.append(Fault.read(script, self._now()))

    def clear(self) -> None:
        """Forget all faults."""
        self._faults.clear()

    def strike(self, region: str, operation: str) -> Fault | None:
        """The fault that hits this call, which uses up one of its calls: the oldest that fits."""
        now = self._now()
        self._faults = [fault for fault in self._faults if not fault.spent(now)]
        for fault in self._faults:
            if fault.hits(region, operation):
                if fault.calls is not None:
                    fault.calls -= 1
                return fault
        return None
