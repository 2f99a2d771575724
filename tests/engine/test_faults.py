"""Scripted faults: whom they hit, and for how long."""

from typing import Any

import pytest

from engine.faults import Faults
from tests.engine.test_quotas import Clock


def struck(faults: Faults, region: str = "eu-west-1", operation: str = "DetectText") -> bool:
    return faults.strike(region, operation) is not None


def test_a_fault_for_two_calls_hits_two_calls() -> None:
    faults = Faults()
    faults.script({"fault": "throttle", "calls": 2})
    assert [struck(faults) for _ in range(4)] == [True, True, False, False]


def test_a_fault_for_two_seconds_ends_after_two_seconds() -> None:
    clock = Clock()
    faults = Faults(clock)
    faults.script({"fault": "outage", "seconds": 2})
    before = struck(faults)
    clock.at = 2.0
    assert (before, struck(faults)) == (True, False)


def test_a_fault_hits_its_own_region_and_operation_only() -> None:
    faults = Faults()
    faults.script({"fault": "error", "region": "eu-west-1", "operation": "DetectText", "calls": 1})
    assert not struck(faults, region="us-east-1")
    assert not struck(faults, operation="DetectFaces")
    assert struck(faults)


def test_the_older_of_two_faults_goes_first() -> None:
    faults = Faults()
    faults.script({"fault": "throttle", "calls": 1})
    faults.script({"fault": "outage"})
    kinds = [fault.fault for fault in (faults.strike("eu-west-1", "DetectText") for _ in range(2)) if fault]
    assert kinds == ["throttle", "outage"]


def test_clearing_ends_all_faults() -> None:
    faults = Faults()
    faults.script({"fault": "outage"})
    faults.clear()
    assert not struck(faults)


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
def test_a_script_that_cannot_be_meant_is_refused(script: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must be|known are"):
        Faults().script(script)
