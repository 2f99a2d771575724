"""DetectProtectiveEquipment: persons, parts of the body, and the summary."""

from typing import Any

import pytest

from tests.engine.engine_process import EXPECTED, RunningEngine, load_photo
from tests.engine.photo_changes import encode_image, open_photo

GROUPS = {"PersonsWithRequiredEquipment", "PersonsWithoutRequiredEquipment", "PersonsIndeterminate"}
EQUIPMENT = ["FACE_COVER", "HEAD_COVER", "HAND_COVER"]


def detect(engine: RunningEngine, image: dict[str, bytes], **settings: Any) -> Any:
    return engine.create_client().detect_protective_equipment(Image=image, **settings)


def summarize(engine: RunningEngine, name: str, required: list[str], min_confidence: float = 50) -> Any:
    attributes = {"MinConfidence": min_confidence, "RequiredEquipmentTypes": required}
    return detect(engine, load_photo(name), SummarizationAttributes=attributes)["Summary"]


@pytest.mark.parametrize("name", ["astronaut.jpg", "admiral.jpg"])
def test_person_contains_the_face_and_shows_face_and_head(engine: RunningEngine, name: str) -> None:
    (person,) = detect(engine, load_photo(name))["Persons"]
    left, top, width, height = EXPECTED[name]["faces"][0]
    box = person["BoundingBox"]
    assert box["Left"] < left + width / 2 < box["Left"] + box["Width"]
    assert box["Top"] < top + height / 2 < box["Top"] + box["Height"]
    assert {"FACE", "HEAD"} <= {part["Name"] for part in person["BodyParts"]}


def test_no_equipment_is_ever_seen(engine: RunningEngine) -> None:
    (person,) = detect(engine, load_photo("astronaut.jpg"))["Persons"]
    assert all(part["EquipmentDetections"] == [] for part in person["BodyParts"])


@pytest.mark.parametrize("name", ["coffee.jpg", "cat.jpg", "pavilion.jpg", "page.png"])
def test_photo_without_persons_has_none(engine: RunningEngine, name: str) -> None:
    assert detect(engine, load_photo(name))["Persons"] == []


def test_ids_count_from_zero(engine: RunningEngine) -> None:
    image = open_photo("pavilion.jpg").resize((1536, 600))
    image.paste(open_photo("astronaut.jpg"), (0, 88))
    image.paste(open_photo("admiral.jpg"), (1024, 0))
    people = detect(engine, encode_image(image))["Persons"]
    assert len(people) == 2
    assert [person["Id"] for person in people] == [0, 1]
    assert [person["Confidence"] for person in people] == sorted((p["Confidence"] for p in people), reverse=True)


def test_there_is_no_summary_unless_it_is_asked_for(engine: RunningEngine) -> None:
    assert "Summary" not in detect(engine, load_photo("astronaut.jpg"))


@pytest.mark.parametrize("required", [["FACE_COVER"], ["HEAD_COVER"], EQUIPMENT])
def test_person_who_shows_the_part_is_without_its_equipment(engine: RunningEngine, required: list[str]) -> None:
    summary = summarize(engine, "admiral.jpg", required)
    assert summary.keys() == GROUPS
    assert summary["PersonsWithoutRequiredEquipment"] == [0]
    assert summary["PersonsWithRequiredEquipment"] == summary["PersonsIndeterminate"] == []


def test_person_who_does_not_show_the_part_is_indeterminate(engine: RunningEngine) -> None:
    summary = summarize(engine, "admiral.jpg", ["HAND_COVER"])
    assert summary["PersonsIndeterminate"] == [0]
    assert summary["PersonsWithoutRequiredEquipment"] == []


def test_person_below_the_least_confidence_is_not_in_the_summary(engine: RunningEngine) -> None:
    assert summarize(engine, "admiral.jpg", ["FACE_COVER"], 99.9) == {group: [] for group in GROUPS}


def test_summary_of_a_photo_without_persons_is_empty(engine: RunningEngine) -> None:
    assert summarize(engine, "coffee.jpg", EQUIPMENT) == {group: [] for group in GROUPS}
