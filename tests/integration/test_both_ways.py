"""One image from its upload to its results: each operation by its own way, and nothing stays behind."""

import pytest
from rekbridge.read_models import staging
from rekbridge.read_models.answers import answers
from rekbridge.testing import Rekognition, Stack, until

from tests.integration.pictures import picture
from tests.integration.seen import ONCE_EACH, calls_about, operations


def test_what_goes_by_bytes_and_what_is_staged_both_have_results(stack: Stack, owner: str) -> None:
    story = stack.settled(stack.upload(f"{owner}/portrait.jpg", picture(owner)))

    assert {name: (found.answer_status, found.way) for name, found in story.results.items()} == {
        "labels": ("done", "bytes"),
        "faces": ("done", "staged"),
    }
    assert story.results["faces"].seen == ["1 face"]
    assert story.results["labels"].seen[0].startswith(("Face ", "Person "))


def test_rekognitions_raw_answers_stay_at_home(stack: Stack, owner: str) -> None:
    story = stack.settled(stack.upload(f"{owner}/portrait.jpg", picture(owner)))

    raw = answers(stack.deployed, story)
    assert len(raw["faces"].answer["FaceDetails"]) == 1
    assert {label["Name"] for label in raw["labels"].answer["Labels"]} == {"Face", "Person"}


def test_each_operation_is_called_in_its_region_and_by_its_way(
    stack: Stack, rekognition: Rekognition, owner: str
) -> None:
    story = stack.settled(stack.upload(f"{owner}/portrait.jpg", picture(owner)))

    calls = calls_about(rekognition, stack, story)
    assert {(call.operation, call.mode, call.region) for call in calls} == {
        ("DetectLabels", "bytes", "eu-central-1"),
        ("DetectFaces", "staged", "eu-west-1"),
    }


def test_the_staged_copy_goes_after_the_last_operation(stack: Stack, owner: str) -> None:
    story = stack.settled(stack.upload(f"{owner}/portrait.jpg", picture(owner)))

    assert story.run is not None
    assert len(story.run.staged) == 1
    until(lambda: not staging.left(stack.deployed, story), "the staged copy goes")


@pytest.mark.parametrize("format", ["BMP", "GIF", "PNG", "TIFF", "WEBP"])
def test_a_format_that_rekognition_does_not_take_has_results_too(stack: Stack, owner: str, format: str) -> None:
    story = stack.settled(stack.upload(f"{owner}/portrait", picture(owner + format, form=format)))

    assert {found.answer_status for found in story.results.values()} == {"done"}


@pytest.mark.parametrize(
    "name",
    ["two words.jpg", "1+1=2.jpg", "東京 – Ångström.jpg", "100% & more?#'\"~.jpg", "a//b/../c.jpg", "%2B+%20.jpg"],
)
def test_a_key_may_hold_any_character(stack: Stack, rekognition: Rekognition, owner: str, name: str) -> None:
    story = stack.settled(stack.upload(f"{owner}/{name}", picture(owner + name)))

    assert {found.answer_status for found in story.results.values()} == {"done"}
    assert operations(calls_about(rekognition, stack, story)) == ONCE_EACH
