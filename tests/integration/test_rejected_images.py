"""Files that are no usable images are refused with a reason and never sent to Rekognition."""

import pytest
from rekbridge.demo.image_files import build_decompression_bomb
from rekbridge.testing import LocalRekognition, Stack

from tests.integration.sample_images import make_image

REJECTED_FILES = {
    "a text file called .jpg": (b"This text file has the name of an image.\n", "unreadable-image"),
    "a truncated JPEG": (make_image("cut off", side=400)[:3000], "unreadable-image"),
    "a decompression bomb": (build_decompression_bomb(), "image-too-large"),
    "an empty file": (b"", "unreadable-image"),
    "a tiny image": (make_image("a tiny image", side=8, format="PNG"), "image-too-small"),
}


@pytest.mark.parametrize("name", REJECTED_FILES)
def test_an_unusable_file_is_refused_with_a_reason_and_sent_nowhere(
    stack: Stack, rekognition: LocalRekognition, owner: str, name: str
) -> None:
    body, code = REJECTED_FILES[name]
    status = stack.wait_until_settled(stack.upload(f"{owner}/image.jpg", body))

    assert status.code == code
    assert status.reason
    assert status.image_id is None
    assert rekognition.list_calls() == []
