"""What others can see (staged keys, events, logs, the bytes themselves) says nothing of people."""

import json
from collections.abc import Iterator

import pytest
from rekbridge.testing import Rekognition, Stack, until

from tests.integration.pictures import geotagged, picture
from tests.integration.seen import ONCE_EACH, calls_about, logged, operations
from tests.integration.spies import Spy, on_bus, on_topic

FILE = "passport"


@pytest.fixture
def topic(stack: Stack) -> Iterator[Spy]:
    with on_topic(stack) as spy:
        yield spy


@pytest.fixture
def bus(stack: Stack) -> Iterator[Spy]:
    with on_bus(stack) as spy:
        yield spy


def test_no_bytes_that_leave_home_tell_where_or_by_whom_they_were_made(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    story = stack.settled(stack.upload(f"{owner}/{FILE}.jpg", geotagged(owner)))

    calls = calls_about(rekognition, stack, story)
    assert operations(calls) == ONCE_EACH
    assert [call.metadata for call in calls] == [[], []]


def test_staged_keys_and_the_remote_regions_events_name_neither_owner_nor_file(
    stack: Stack, topic: Spy, owner: str
) -> None:
    story = stack.settled(stack.upload(f"{owner}/{FILE}.jpg", picture(owner)))

    assert story.image is not None
    assert story.run is not None
    events = until(lambda: topic.about(story.image or ""), "S3 tells of the staged copy")
    told = [*events, *story.run.staged]
    assert [word for text in told for word in (owner, FILE) if word in text] == []


def test_each_result_is_told_on_the_bus_by_names_that_say_nothing(stack: Stack, bus: Spy, owner: str) -> None:
    story = stack.settled(stack.upload(f"{owner}/{FILE}.jpg", picture(owner)))

    until(lambda: len(bus.about(story.image or "")) > 1, "ROUTE tells of both results")
    events = bus.about(story.image or "")
    assert {(event["detail"]["operation"], event["detail"]["status"]) for event in map(json.loads, events)} == {
        ("faces", "done"),
        ("labels", "done"),
    }
    assert [word for text in events for word in (owner, FILE) if word in text] == []


@pytest.mark.parametrize("body", [picture("in the logs"), b"no picture"], ids=["done", "refused"])
def test_no_log_names_the_owner_or_the_file(stack: Stack, owner: str, body: bytes) -> None:
    before = len(lines(stack))
    stack.settled(stack.upload(f"{owner}/{FILE}.jpg", body))

    until(lambda: len(lines(stack)) > before, "functions log what they did")
    assert [line for line in lines(stack) if owner in line or FILE in line] == []


def lines(stack: Stack) -> list[str]:
    """All that the functions have ever logged."""
    return logged(stack, *stack.deployed.told["functions"])
