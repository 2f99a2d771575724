"""Scripted faults: which calls they apply to, and for how long."""

from typing import Any

import pytest
from rekbridge_engine.faults import Faults

from tests.engine.test_quotas import ManualClock


def consume_fault(faults: Faults, region: str = "eu-west-1", operation: str = "DetectText") -> bool:
    return faults.consume(region, operation) is not None


def test_fault_with_two_calls_applies_to_two_calls() -> None:
    faults = Faults()
    faults.add({"fault": "throttle", "calls": 2})
    assert [consume_fault(faults) for _ in range(4)] == [True, True, False, False]


def test_fault_with_two_seconds_ends_after_two_seconds() -> None:
    clock = ManualClock()
    faults = Faults(clock)
    faults.add({"fault": "outage", "seconds": 2})
    before = consume_fault(faults)
    clock.at = 2.0
    assert (before, consume_fault(faults)) == (True, False)


def test_fault_applies_only_to_its_region_and_operation() -> None:
    faults = Faults()
    faults.add({"fault": "error", "region": "eu-west-1", "operation": "DetectText", "calls": 1})
    assert not consume_fault(faults, region="us-east-1")
    assert not consume_fault(faults, operation="DetectFaces")
    assert consume_fault(faults)


def test_older_fault_applies_first() -> None:
    faults = Faults()
    faults.add({"fault": "throttle", "calls": 1})
    faults.add({"fault": "outage"})
    kinds = [fault.fault for fault in (faults.consume("eu-west-1", "DetectText") for _ in range(2)) if fault]
    assert kinds == ["throttle", "outage"]


def test_clear_ends_all_faults() -> None:
    faults = Faults()
    faults.add({"fault": "outage"})
    faults.clear()
    assert not consume_fault(faults)


@pytest.mark.parametrize(
    "script",
    [
        {},
        {"fault": "rain"},
        {"fault": "delay", "delay_ms": -1},
        {"fault": "error", "call": 1},
        {"fault": "outage", "seconds": "2"},
    ],
)
def test_invalid_fault_is_refused(script: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must be|allowed keys"):
        Faults().add(script)
