"""Scripted faults: failures that a test asks for, limited to a number of calls or to a time."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from rekbridge_engine import control_scripts, protocol
from rekbridge_engine.answer_checks import check_answer
from rekbridge_engine.control_scripts import ALL

FAULT_KINDS = ("throttle", "error", "outage", "delay")
_KEYS = ("fault", "operation", "region", "code", "message", "members", "delay_ms", "calls", "seconds")
# The code becomes a header of the response.
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.#-]*")
# Not in the service model. Rekognition's errors had it in 2018 and 2019 (aws-sdk-php-laravel issue 139), and no longer
# in 2023 (aws-sdk-php issue 2710).
_LOG_REFERENCE = "Logref"


@dataclass(slots=True)
class Fault:
    """One scripted fault. Without `calls` and `seconds` it lasts until it is cleared.

    The fields up to `seconds` are the JSON keys of `/control/faults`.
    """

    fault: str
    operation: str = ALL
    region: str = ALL
    code: str = ""
    message: str | None = None
    members: Mapping[str, Any] | None = None
    delay_ms: float = 0
    calls: int | None = None
    seconds: float | None = None
    expires_at: float | None = None

    @classmethod
    def parse(cls, script: Mapping[str, Any], now: float) -> Self:
        """Read a fault from the control endpoint's JSON. Raises ValueError that says what is wrong."""
        control_scripts.check_keys(script, _KEYS)
        if script.get("fault") not in FAULT_KINDS:
            raise ValueError(f"fault must be one of {', '.join(FAULT_KINDS)}")
        control_scripts.check_texts(script, ("operation", "region", "code", "message"))
        control_scripts.check_numbers(script, ("delay_ms", "seconds"))
        control_scripts.check_calls(script, 0)
        fault = cls(**{name: value for name, value in script.items() if value is not None})
        if fault.operation not in {ALL, *protocol.load_service_model().operation_names}:
            raise ValueError(
                f"operation must be * or one of Rekognition's actions, such as DetectFaces, not {fault.operation!r}"
            )
        _check_error(fault)
        fault.expires_at = None if fault.seconds is None else now + fault.seconds
        return fault

    def is_used_up(self, now: float) -> bool:
        """Whether its calls are used up or its time is over."""
        return self.calls == 0 or (self.expires_at is not None and now >= self.expires_at)

    def matches(self, region: str, operation: str) -> bool:
        """Whether it applies to a call of this operation in this region."""
        return self.region in {ALL, region} and self.operation in {ALL, operation}


def _check_error(fault: Fault) -> None:
    """Raises ValueError for a code that no header can hold, and for members that AWS's error does not have."""
    if fault.code and not _CODE.fullmatch(fault.code):
        raise ValueError("code must be letters, digits and _ . # - only")
    if fault.members is None:
        return
    if not isinstance(fault.members, dict):
        raise ValueError("members must be an object")
    members = dict(fault.members)
    if not isinstance(members.pop(_LOG_REFERENCE, ""), str):
        raise ValueError(f"members.{_LOG_REFERENCE} must be a string")
    shape = protocol.find_error_shape(fault.code)
    if members and shape is None:
        raise ValueError(f"members.{min(members)}: AWS's service model has no error {fault.code!r} with members")
    if shape is not None:
        check_answer(members, shape, "members")


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
