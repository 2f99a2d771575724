"""An image is identified by its owner and its bytes, not by its key."""

from rekbridge.testing import LocalRekognition, Stack

from tests.integration.call_records import EACH_ACTION_ONCE, find_calls, list_actions
from tests.integration.library import list_images_with_label
from tests.integration.queues import pause_consumer
from tests.integration.sample_images import make_image


def test_both_versions_of_an_overwritten_key_are_analysed(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    key = f"{owner}/portrait.jpg"
    # INGEST processes neither version before both are uploaded.
    with pause_consumer(stack, "uploads"):
        versions = [stack.upload(key, make_image(owner + take)) for take in ("first", "second")]

    statuses = [stack.wait_until_settled(version) for version in versions]
    assert len({status.image_id for status in statuses}) == 2
    for status in statuses:
        assert list_actions(find_calls(rekognition, stack, status)) == EACH_ACTION_ONCE


def test_equal_bytes_under_two_keys_are_one_image_and_paid_once(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    body = make_image(owner)
    statuses = [stack.wait_until_settled(stack.upload(f"{owner}/{name}", body)) for name in ("one.jpg", "other.jpg")]

    assert len({status.image_id for status in statuses}) == 1
    assert list_actions(find_calls(rekognition, stack, *statuses)) == EACH_ACTION_ONCE


def test_equal_bytes_of_two_owners_are_two_images_and_paid_twice(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    body, owners = make_image(owner), [f"{owner}-{name}" for name in ("anna", "bert")]
    statuses = [stack.wait_until_settled(stack.upload(f"{name}/portrait.jpg", body)) for name in owners]

    assert len({status.image_id for status in statuses}) == 2
    assert list_actions(find_calls(rekognition, stack, *statuses)) == sorted(EACH_ACTION_ONCE * 2)
    assert [list_images_with_label(stack, name, "Face") for name in owners] == [
        [status.image_id] for status in statuses
    ]
