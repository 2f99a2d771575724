"""Every operation of the catalog, as the catalog says it is called and answered; and those that have no model."""

import json
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from rekbridge.support import paths

from tests.engine.running import Engine, photo

CATALOG: dict[str, dict[str, Any]] = json.loads(
    (paths.ROOT / "handlers/rekbridge_lambda/domain/operations.json").read_text()
)
PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/p/version/v/1"
# What an operation cannot be asked without.
REQUIRED = {"custom-labels": {"ProjectVersionArn": PROJECT}}
HEADS = {"MinConfidence": 80, "RequiredEquipmentTypes": ["HEAD_COVER"]}


def asked(engine: Engine, name: str, image: dict[str, bytes], **settings: Any) -> dict[str, Any]:
    row = CATALOG[name]
    images = dict.fromkeys(row["images"], image)
    call = getattr(engine.client(), xform_name(row["action"]))
    answer: dict[str, Any] = call(**images, **row["defaults"], **REQUIRED.get(name, {}), **settings)
    return answer


@pytest.mark.parametrize("name", CATALOG)
def test_an_operation_of_the_catalog_is_answered_where_the_catalog_looks(engine: Engine, name: str) -> None:
    assert isinstance(asked(engine, name, photo("astronaut.jpg"))[CATALOG[name]["answer"]], list)


@pytest.mark.parametrize("name", ["moderation", "protective-equipment", "custom-labels"])
def test_what_has_no_model_finds_nothing(engine: Engine, name: str) -> None:
    assert asked(engine, name, photo("astronaut.jpg"))[CATALOG[name]["answer"]] == []


@pytest.mark.parametrize("name", ["moderation", "protective-equipment", "custom-labels"])
def test_what_has_no_model_looks_at_the_image_all_the_same(engine: Engine, name: str) -> None:
    with pytest.raises(ClientError, match="InvalidImageFormatException"):
        asked(engine, name, {"Bytes": b"no picture"})


def test_protective_equipment_is_summed_up_when_asked_for(engine: Engine) -> None:
    image = photo("astronaut.jpg")
    assert "Summary" not in asked(engine, "protective-equipment", image)
    summary = asked(engine, "protective-equipment", image, SummarizationAttributes=HEADS)["Summary"]
    assert set(summary) == {
        "PersonsWithRequiredEquipment",
        "PersonsWithoutRequiredEquipment",
        "PersonsIndeterminate",
    }


@pytest.mark.parametrize(("name", "member"), [("custom-labels", "ProjectVersionArn"), ("moderation", "ProjectVersion")])
def test_a_model_version_answers_in_its_own_region_alone(engine: Engine, name: str, member: str) -> None:
    call = getattr(engine.client("eu-central-1"), xform_name(CATALOG[name]["action"]))
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        call(Image=photo("cat.jpg"), **{member: PROJECT})
    assert call(Image=photo("cat.jpg"), **{member: PROJECT.replace("eu-west-1", "eu-central-1")})


def test_custom_labels_take_only_four_megabytes(engine: Engine) -> None:
    four_mb_and_one = photo("astronaut.jpg")["Bytes"].ljust(4 * 1024 * 1024 + 1, b"\0")
    with pytest.raises(ClientError, match="ImageTooLargeException"):
        asked(engine, "custom-labels", {"Bytes": four_mb_and_one})
