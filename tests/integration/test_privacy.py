"""What leaves the home region or is logged (staged keys, events, logs, image bytes) has no personal data."""

import json
from collections.abc import Iterator

import pytest
from rekbridge.testing import LocalRekognition, Stack, wait_until

from tests.integration.call_records import EACH_ACTION_ONCE, find_calls, list_actions, load_log_messages
from tests.integration.listeners import ListenerQueue, listen_to_bus, listen_to_topic
from tests.integration.sample_images import make_geotagged_image, make_image

FILE = "passport"


@pytest.fixture
def topic(stack: Stack) -> Iterator[ListenerQueue]:
    with listen_to_topic(stack) as listener:
        yield listener


@pytest.fixture
def bus(stack: Stack) -> Iterator[ListenerQueue]:
    with listen_to_bus(stack) as listener:
        yield listener


def test_images_that_leave_home_have_no_metadata(stack: Stack, rekognition: LocalRekognition, owner: str) -> None:
    status = stack.wait_until_settled(stack.upload(f"{owner}/{FILE}.jpg", make_geotagged_image(owner)))

    calls = find_calls(rekognition, stack, status)
    assert list_actions(calls) == EACH_ACTION_ONCE
    assert [call.metadata for call in calls] == [[], []]


def test_staged_keys_and_remote_events_contain_neither_owner_nor_file_name(
    stack: Stack, topic: ListenerQueue, owner: str
) -> None:
    status = stack.wait_until_settled(stack.upload(f"{owner}/{FILE}.jpg", make_image(owner)))

    assert status.image_id is not None
    assert status.run is not None
    events = wait_until(lambda: topic.receive_about(status.image_id or ""), "S3 publishes the event of the staged copy")
    texts = [*events, *status.run.staged_copies]
    assert [word for text in texts for word in (owner, FILE) if word in text] == []


def test_each_result_is_published_with_opaque_identifiers(stack: Stack, bus: ListenerQueue, owner: str) -> None:
    status = stack.wait_until_settled(stack.upload(f"{owner}/{FILE}.jpg", make_image(owner)))

    wait_until(lambda: len(bus.receive_about(status.image_id or "")) > 1, "ROUTE publishes both results")
    events = bus.receive_about(status.image_id or "")
    assert {(event["detail"]["operation"], event["detail"]["status"]) for event in map(json.loads, events)} == {
        ("faces", "done"),
        ("labels", "done"),
    }
    assert [word for text in events for word in (owner, FILE) if word in text] == []


@pytest.mark.parametrize("body", [make_image("in the logs"), b"no image"], ids=["done", "refused"])
def test_no_log_contains_the_owner_or_the_file_name(stack: Stack, owner: str, body: bytes) -> None:
    before = len(load_log(stack))
    stack.wait_until_settled(stack.upload(f"{owner}/{FILE}.jpg", body))

    wait_until(lambda: len(load_log(stack)) > before, "functions log the upload")
    assert [line for line in load_log(stack) if owner in line or FILE in line] == []


def load_log(stack: Stack) -> list[str]:
    """Every log message of every function."""
    return load_log_messages(stack, *stack.deployed.outputs["functions"])
