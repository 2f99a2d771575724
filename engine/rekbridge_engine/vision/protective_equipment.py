"""DetectProtectiveEquipment: persons and the parts of their bodies that are seen. No equipment is ever seen.

The classes of the models have no surgical mask, hard hat or glove.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rekbridge_engine.vision.images import DecodedImage
from rekbridge_engine.vision.people import DetectedPerson, find_people

# AWS: "up to 15 persons detected in an image".
_MAX_PEOPLE = 15
# AWS: a MinConfidence below this has the same results as this.
_MIN_SUMMARY_CONFIDENCE = 50.0
# The parts of the body that each type of equipment covers.
_COVERED_PARTS: Mapping[str, frozenset[str]] = {
    "FACE_COVER": frozenset({"FACE"}),
    "HEAD_COVER": frozenset({"HEAD"}),
    "HAND_COVER": frozenset({"LEFT_HAND", "RIGHT_HAND"}),
}


def detect_protective_equipment(images: Sequence[DecodedImage], settings: dict[str, Any]) -> dict[str, Any]:
    """Handle DetectProtectiveEquipment; with a summary if the request asks for one."""
    people = [_format_person(number, person) for number, person in enumerate(find_people(images[0], _MAX_PEOPLE))]
    if (attributes := settings.get("SummarizationAttributes")) is None:
        return {"Persons": people}
    summary = summarize(people, attributes["RequiredEquipmentTypes"], attributes["MinConfidence"])
    return {"Persons": people, "Summary": summary}


def summarize(
    people: Sequence[Mapping[str, Any]], required: Sequence[str], min_confidence: float
) -> dict[str, list[int]]:
    """Group the ids of persons on whom no equipment was seen.

    Whoever shows a part that must be covered is without; whoever shows none is indeterminate. As with AWS, persons and
    parts below the least confidence do not count, and it is 50 or more.
    """
    least = max(min_confidence, _MIN_SUMMARY_CONFIDENCE)
    groups: dict[str, list[int]] = {
        "PersonsWithRequiredEquipment": [],
        "PersonsWithoutRequiredEquipment": [],
        "PersonsIndeterminate": [],
    }
    covered_parts = frozenset[str]().union(*(_COVERED_PARTS[kind] for kind in required))
    for person in people:
        if person["Confidence"] >= least:
            bare = any(part["Name"] in covered_parts and part["Confidence"] >= least for part in person["BodyParts"])
            groups["PersonsWithoutRequiredEquipment" if bare else "PersonsIndeterminate"].append(person["Id"])
    return groups


def _format_person(number: int, person: DetectedPerson) -> dict[str, Any]:
    parts = dict.fromkeys(("FACE", "HEAD"), person.face.confidence) if person.face else {}
    return {
        "Id": number,
        "Confidence": person.confidence,
        "BoundingBox": person.box.to_dict(),
        "BodyParts": [
            {"Name": name, "Confidence": confidence, "EquipmentDetections": []}
            for name, confidence in (parts | person.hands).items()
        ],
    }
