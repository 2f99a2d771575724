"""An image is an owner's bytes: whatever keys point at it, and whatever a key pointed at before."""

from rekbridge.testing import Rekognition, Stack

from tests.integration.library import images
from tests.integration.pictures import picture
from tests.integration.queues import held
from tests.integration.seen import ONCE_EACH, calls_about, operations


def test_both_versions_of_an_overwritten_key_are_analysed(stack: Stack, rekognition: Rekognition, owner: str) -> None:
    key = f"{owner}/portrait.jpg"
    # INGEST hears of neither before both are there.
    with held(stack, "uploads"):
        versions = [stack.upload(key, picture(owner + take)) for take in ("first", "second")]

    stories = [stack.settled(version) for version in versions]
    assert len({story.image for story in stories}) == 2
    for story in stories:
        assert operations(calls_about(rekognition, stack, story)) == ONCE_EACH


def test_equal_bytes_under_two_keys_are_one_image_and_paid_once(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    body = picture(owner)
    stories = [stack.settled(stack.upload(f"{owner}/{name}", body)) for name in ("one.jpg", "other.jpg")]

    assert len({story.image for story in stories}) == 1
    assert operations(calls_about(rekognition, stack, *stories)) == ONCE_EACH


def test_two_owners_of_equal_bytes_have_an_image_each_and_pay_each(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    body, owners = picture(owner), [f"{owner}-{name}" for name in ("anna", "bert")]
    stories = [stack.settled(stack.upload(f"{name}/portrait.jpg", body)) for name in owners]

    assert len({story.image for story in stories}) == 2
    assert operations(calls_about(rekognition, stack, *stories)) == sorted(ONCE_EACH * 2)
    assert [images(stack, name, "Face") for name in owners] == [[story.image] for story in stories]
