"""Every operation of operations.json, called as the file describes it; and the operations without a model."""

from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from tests.engine.engine_process import OPERATIONS, RunningEngine, load_photo

PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/p/version/v/1"
# Required parameters without a default.
REQUIRED_PARAMETERS = {"custom-labels": {"ProjectVersionArn": PROJECT}}


def call_operation(engine: RunningEngine, name: str, image: dict[str, bytes], **settings: Any) -> dict[str, Any]:
    row = OPERATIONS[name]
    images = dict.fromkeys(row["image_parameters"], image)
    call = getattr(engine.create_client(), xform_name(row["action"]))
    response: dict[str, Any] = call(**images, **row["defaults"], **REQUIRED_PARAMETERS.get(name, {}), **settings)
    return response


@pytest.mark.parametrize("name", OPERATIONS)
def test_response_has_the_list_under_the_response_key(engine: RunningEngine, name: str) -> None:
    assert isinstance(call_operation(engine, name, load_photo("astronaut.jpg"))[OPERATIONS[name]["response_key"]], list)


@pytest.mark.parametrize("name", ["custom-labels"])
def test_operation_without_a_model_returns_an_empty_list(engine: RunningEngine, name: str) -> None:
    assert call_operation(engine, name, load_photo("astronaut.jpg"))[OPERATIONS[name]["response_key"]] == []


@pytest.mark.parametrize("name", ["protective-equipment", "custom-labels"])
def test_operation_without_a_model_still_checks_the_image(engine: RunningEngine, name: str) -> None:
    with pytest.raises(ClientError, match="InvalidImageFormatException"):
        call_operation(engine, name, {"Bytes": b"not an image"})


@pytest.mark.parametrize(("name", "member"), [("custom-labels", "ProjectVersionArn"), ("moderation", "ProjectVersion")])
def test_model_version_works_only_in_its_region(engine: RunningEngine, name: str, member: str) -> None:
    call = getattr(engine.create_client("eu-central-1"), xform_name(OPERATIONS[name]["action"]))
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        call(Image=load_photo("cat.jpg"), **{member: PROJECT})
    assert call(Image=load_photo("cat.jpg"), **{member: PROJECT.replace("eu-west-1", "eu-central-1")})


def test_custom_labels_refuse_more_than_4_mb(engine: RunningEngine) -> None:
    four_mb_and_one = load_photo("astronaut.jpg")["Bytes"].ljust(4 * 1024 * 1024 + 1, b"\0")
    with pytest.raises(ClientError, match="ImageTooLargeException"):
        call_operation(engine, "custom-labels", {"Bytes": four_mb_and_one})
