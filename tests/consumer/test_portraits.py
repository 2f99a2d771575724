"""A project of the kit's users: its own deployment, its own picture, the fixtures of the installed plugin."""

from pathlib import Path
from typing import Any

import pytest
from rekbridge.testing import Rekognition, Stack

PORTRAIT = Path(__file__).with_name("portrait.jpg").read_bytes()


@pytest.fixture(scope="session")
def rekbridge_variables() -> dict[str, Any]:
    """One operation: the fewer there are, the sooner they are deployed."""
    return {
        "home_region": "eu-west-3",
        "remote_region": "eu-west-1",
        "allowed_regions": ["eu-west-1"],
        "operations": {"faces": {"way": "bytes"}},
    }


def test_a_portrait_has_one_face(rekbridge_stack: Stack) -> None:
    story = rekbridge_stack.settled(rekbridge_stack.upload("anna/portrait.jpg", PORTRAIT))
    assert (story.results["faces"].answer_status, story.results["faces"].seen) == ("done", ["1 face"])


def test_a_portrait_waits_while_rekognition_is_full(rekbridge_stack: Stack, rekognition: Rekognition) -> None:
    rekognition.throttle("DetectFaces", calls=1)
    story = rekbridge_stack.settled(rekbridge_stack.upload("bert/portrait.jpg", PORTRAIT))
    assert story.results["faces"].answer_status == "done"
    assert [call.answer for call in rekognition.calls("DetectFaces")] == [
        "ProvisionedThroughputExceededException",
        "ok",
    ]
