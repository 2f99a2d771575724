"""Files that are no images, or none to be opened: refused with a reason, and Rekognition never hears of them."""

import pytest
from rekbridge.demo.odd import bomb
from rekbridge.testing import Rekognition, Stack

from tests.integration.pictures import picture

WRONG = {
    "a text file called .jpg": (b"This text file was given the name of a picture.\n", "unreadable-image"),
    "a JPEG cut off": (picture("cut off", side=400)[:3000], "unreadable-image"),
    "a bomb": (bomb(), "image-too-large"),
    "nothing": (b"", "unreadable-image"),
    "a dot": (picture("a dot", side=8, form="PNG"), "image-too-small"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_file_is_refused_with_a_reason_and_sent_nowhere(
    stack: Stack, rekognition: Rekognition, owner: str, wrong: str
) -> None:
    body, code = WRONG[wrong]
    story = stack.settled(stack.upload(f"{owner}/picture.jpg", body))

    assert story.code == code
    assert story.reason
    assert story.image is None
    assert rekognition.calls() == []
