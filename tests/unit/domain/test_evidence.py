import json
from dataclasses import fields, replace
from typing import Any, get_args

import pytest
from rekbridge.support import paths
from rekbridge_lambda.domain import evidence, ids
from rekbridge_lambda.domain.evidence import (
    EVENT_TYPES,
    CallRequested,
    Changed,
    CopyDeleted,
    CopyStored,
    Erasure,
    Event,
)
from rekbridge_lambda.domain.ids import ImageId, ResultKey

from tests.builders import ANNA_KEY

PAGE = (paths.ROOT / "docs" / "evidence.md").read_text()
# The longest that each field can be: an account, a region and a prefix; keyed hashes; ARNs and texts appear nowhere.
LONGEST: dict[str, Any] = {
    "at": 9_999_999_999_999,
    "deployment": "111122223333/ap-southeast-3/" + "p" * 32,
    "call": "c" * 32,
    "owner": "0" * 32,
    "image": ImageId("1" * 32),
    "operation": "protective-equipment",
    "from_region": "ap-southeast-3",
    "to_region": "ap-northeast-2",
    "transfer": "staged",
    "sent_bytes": 15_000_000,
    "sent_hmac": "h" * 32,
    "attempt": 4,
    "outcome": "throttled",
    "request_id": "8f2b1e0c-54a7-4a3e-9d51-0a3f6b7c8d9e",
    "staged_key": f"{'1' * 32}/{'2' * 32}/{'3' * 16}",
    "requested_at": 9_999_999_999_999,
    "changed_event": "e" * 32,
    "change": "modified",
    "before_sha256": "b" * 64,
    "after_sha256": "a" * 64,
    "sequence": "9" * 40,
}
each_type = pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda event_type: event_type.kind)


def make_event(event_type: type[Event]) -> Any:
    return event_type(**{field.name: LONGEST[field.name] for field in fields(event_type)})


def test_every_kind_of_event_is_listed() -> None:
    assert get_args(Event.__value__) == EVENT_TYPES


@each_type
def test_a_line_has_every_field_and_its_kind_and_id(event_type: type[Event]) -> None:
    event = make_event(event_type)
    expected = {field.name: LONGEST[field.name] for field in fields(event_type)}
    assert json.loads(evidence.to_line(event)) == expected | {"kind": event.kind, "event": event.event_id}


@each_type
def test_a_line_has_at_most_600_bytes_of_the_1000(event_type: type[Event]) -> None:
    assert len(evidence.to_line(make_event(event_type))) <= 600


@each_type
def test_an_event_written_twice_has_the_same_id(event_type: type[Event]) -> None:
    assert make_event(event_type).event_id == make_event(event_type).event_id


def test_no_two_kinds_have_the_same_id() -> None:
    assert len({make_event(event_type).event_id for event_type in EVENT_TYPES}) == len(EVENT_TYPES)


@pytest.mark.parametrize(
    ("event_type", "change"),
    [
        (CallRequested, {"call": "another"}),
        (CopyDeleted, {"at": 1}),
        (CopyStored, {"requested_at": 1}),
        (Erasure, {"owner": "another"}),
        (Changed, {"sequence": "1"}),
    ],
)
def test_another_event_has_another_id(event_type: type[Event], change: dict[str, Any]) -> None:
    event = make_event(event_type)
    assert replace(event, **change).event_id != event.event_id


def test_a_repeated_write_at_another_time_is_the_same_request_of_a_call() -> None:
    event = make_event(CallRequested)
    assert replace(event, at=1).event_id == event.event_id


def test_a_line_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="limit is 1000"):
        evidence.to_line(replace(make_event(CallRequested), operation="x" * 1000))


def test_two_attempts_at_a_result_are_two_calls() -> None:
    key = ResultKey("image/p2/labels/x-e1.json")
    assert evidence.make_call_id(key, 1) != evidence.make_call_id(key, 2)


@pytest.mark.parametrize("content", ["", "c0"])
def test_owner_and_content_cannot_be_tested_without_the_owners_key(content: str) -> None:
    other = ids.make_owner_key(b"guessed", b"salt")
    assert evidence.hash_sent(ANNA_KEY, content) != evidence.hash_sent(other, content)
    assert evidence.hash_owner(ANNA_KEY) != evidence.hash_owner(other)


def test_what_was_sent_is_not_the_id_of_an_image() -> None:
    assert evidence.hash_sent(ANNA_KEY, "c0") != ids.make_image_id(ANNA_KEY, "c0")


@each_type
def test_the_page_names_every_field_of_the_kind(event_type: type[Event]) -> None:
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{event_type.kind}` |")]
    common = {"at", "deployment", "image"}
    assert [
        field.name for field in fields(event_type) if f"`{field.name}`" not in row and field.name not in common
    ] == []


@each_type
def test_the_page_names_every_kind_that_the_verifier_knows(event_type: type[Event]) -> None:
    verifier = (paths.ROOT / "scripts" / "verify_evidence.py").read_text()
    assert f'"{event_type.kind}"' in verifier
