"""One image from its upload to its results: each operation with its own transfer, and no staged copy is left."""

import pytest
from rekbridge.read_models import staging
from rekbridge.read_models.results import load_results
from rekbridge.testing import LocalRekognition, Stack, wait_until

from tests.integration.call_records import EACH_ACTION_ONCE, find_calls, list_actions
from tests.integration.sample_images import make_image


def test_both_transfers_bring_results(stack: Stack, owner: str) -> None:
    status = stack.wait_until_settled(stack.upload(f"{owner}/portrait.jpg", make_image(owner)))

    assert {name: (result.status, result.transfer) for name, result in status.results.items()} == {
        "labels": ("done", "bytes"),
        "faces": ("done", "staged"),
    }
    assert status.results["faces"].summary == ["1 face"]
    assert status.results["labels"].summary[0].startswith(("Face ", "Person "))


def test_rekognitions_raw_responses_are_stored_at_home(stack: Stack, owner: str) -> None:
    status = stack.wait_until_settled(stack.upload(f"{owner}/portrait.jpg", make_image(owner)))

    raw = load_results(stack.deployed, status)
    assert len(raw["faces"].response["FaceDetails"]) == 1
    assert {label["Name"] for label in raw["labels"].response["Labels"]} == {"Face", "Head", "Person"}


def test_each_operation_is_called_in_its_region_with_its_transfer(
    stack: Stack, rekognition: LocalRekognition, owner: str
) -> None:
    status = stack.wait_until_settled(stack.upload(f"{owner}/portrait.jpg", make_image(owner)))

    calls = find_calls(rekognition, stack, status)
    assert {(call.operation, call.mode, call.region) for call in calls} == {
        ("DetectLabels", "bytes", "eu-central-1"),
        ("DetectFaces", "staged", "eu-west-1"),
    }


def test_the_staged_copy_is_deleted_after_the_last_operation(stack: Stack, owner: str) -> None:
    status = stack.wait_until_settled(stack.upload(f"{owner}/portrait.jpg", make_image(owner)))

    assert status.run is not None
    assert len(status.run.staged_copies) == 1
    wait_until(lambda: not staging.list_staged_copies(stack.deployed, status), "the staged copy is deleted")


@pytest.mark.parametrize("format", ["BMP", "GIF", "PNG", "TIFF", "WEBP"])
def test_a_format_that_rekognition_does_not_accept_is_converted(stack: Stack, owner: str, format: str) -> None:
    status = stack.wait_until_settled(stack.upload(f"{owner}/portrait", make_image(owner + format, format=format)))

    assert {result.status for result in status.results.values()} == {"done"}


@pytest.mark.parametrize(
    "name",
    ["two words.jpg", "1+1=2.jpg", "東京 – Ångström.jpg", "100% & more?#'\"~.jpg", "a//b/../c.jpg", "%2B+%20.jpg"],
)
def test_a_key_may_contain_any_character(stack: Stack, rekognition: LocalRekognition, owner: str, name: str) -> None:
    status = stack.wait_until_settled(stack.upload(f"{owner}/{name}", make_image(owner + name)))

    assert {result.status for result in status.results.values()} == {"done"}
    assert list_actions(find_calls(rekognition, stack, status)) == EACH_ACTION_ONCE
