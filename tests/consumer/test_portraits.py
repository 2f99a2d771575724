"""Tests of a project that uses Rekbridge: its own deployment and image, and the fixtures of the installed plugin."""

from pathlib import Path
from typing import Any

import pytest
from rekbridge.testing import LocalRekognition, Stack

PORTRAIT = Path(__file__).with_name("portrait.jpg").read_bytes()


@pytest.fixture(scope="session")
def rekbridge_variables() -> dict[str, Any]:
    """One operation: the fewer there are, the sooner they are deployed."""
    return {
        "home_region": "eu-west-3",
        "remote_region": "eu-west-1",
        "allowed_regions": ["eu-west-1"],
        "operations": {"faces": {"transfer": "bytes"}},
    }


def test_a_portrait_has_one_face(rekbridge_stack: Stack) -> None:
    status = rekbridge_stack.wait_until_settled(rekbridge_stack.upload("anna/portrait.jpg", PORTRAIT))
    assert (status.results["faces"].status, status.results["faces"].summary) == ("done", ["1 face"])


def test_a_throttled_portrait_is_retried(rekbridge_stack: Stack, rekognition: LocalRekognition) -> None:
    rekognition.throttle("DetectFaces", calls=1)
    status = rekbridge_stack.wait_until_settled(rekbridge_stack.upload("bert/portrait.jpg", PORTRAIT))
    assert status.results["faces"].status == "done"
    assert [call.answer for call in rekognition.list_calls("DetectFaces")] == [
        "ProvisionedThroughputExceededException",
        "ok",
    ]


def test_an_ordered_answer_comes_home(rekbridge_stack: Stack, rekognition: LocalRekognition) -> None:
    order = rekognition.answer("DetectFaces", {"FaceDetails": [{"Confidence": 99}, {"Confidence": 91.5}]}, calls=1)
    status = rekbridge_stack.wait_until_settled(rekbridge_stack.upload("carl/portrait.jpg", PORTRAIT))
    assert (status.results["faces"].summary, order.used_calls) == (["2 faces"], 1)
