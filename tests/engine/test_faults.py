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
    ("script", "message"),
    [
        ({}, "fault must be one of"),
        ({"fault": "rain"}, "fault must be one of"),
        ({"fault": ["delay"]}, "fault must be one of"),
        ({"fault": "error", "call": 1}, "unknown keys: call; allowed keys: calls, code, delay_ms, fault, members"),
        ({"fault": "delay", "delay_ms": -1}, "delay_ms must be a number of at least 0"),
        ({"fault": "delay", "delay_ms": float("inf")}, "delay_ms must be a number"),
        ({"fault": "delay", "delay_ms": float("nan")}, "delay_ms must be a number"),
        ({"fault": "delay", "delay_ms": 10**400}, "delay_ms must be a number"),
        ({"fault": "outage", "seconds": "2"}, "seconds must be a number"),
        ({"fault": "outage", "calls": 1.5}, "calls must be a whole number of at least 0"),
        ({"fault": "outage", "calls": True}, "calls must be a whole number"),
        ({"fault": "outage", "operation": "detect-text"}, "one of Rekognition's actions, such as DetectFaces"),
        ({"fault": "outage", "operation": 7}, "operation must be a string"),
        ({"fault": "outage", "region": ["eu-west-1"]}, "region must be a string"),
        ({"fault": "error", "code": 500}, "code must be a string"),
        ({"fault": "error", "code": "Größe"}, "code must be letters, digits and _ . # - only"),
        ({"fault": "error", "code": "Bad\r\nSet-Cookie: a"}, "code must be letters"),
        ({"fault": "error", "message": {}}, "message must be a string"),
        ({"fault": "error", "members": []}, "members must be an object"),
        ({"fault": "error", "members": {"Logref": 7}}, "members.Logref must be a string"),
        ({"fault": "error", "code": "NoSuchThing", "members": {"Size": 7}},
         "members.Size: AWS's service model has no error 'NoSuchThing' with members"),
        ({"fault": "error", "code": "HumanLoopQuotaExceededException", "members": {"Quota": 7}},
         "members.Quota is not a member of AWS's HumanLoopQuotaExceededException; its members: ResourceType, "),
        ({"fault": "error", "code": "HumanLoopQuotaExceededException", "members": {"QuotaCode": 7}},
         "members.QuotaCode must be a string, not 7"),
    ],
)  # fmt: skip
def test_invalid_fault_is_refused(script: dict[str, Any], message: str) -> None:
    faults = Faults()
    with pytest.raises(ValueError, match=r".") as raised:
        faults.add(script)
    assert message in str(raised.value)
    assert not consume_fault(faults)
