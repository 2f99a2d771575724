from typing import Any

import pytest
from rekbridge.demo.boxes import Box, extract_boxes, list_unplaced_labels

BOUNDING_BOX = {"Left": 0.25, "Top": 0.5, "Width": 0.5, "Height": 0.25}
CORNERS = ((0.25, 0.5), (0.75, 0.5), (0.75, 0.75), (0.25, 0.75))
POLYGON = [{"X": x, "Y": y} for x, y in CORNERS]


def make_text(kind: str) -> dict[str, Any]:
    return {"Type": kind, "DetectedText": "COMO HOPPER", "Confidence": 97.5, "Geometry": {"Polygon": POLYGON}}


def make_label(name: str, *places: dict[str, float]) -> dict[str, Any]:
    return {
        "Name": name,
        "Confidence": 92.44,
        "Instances": [{"BoundingBox": place, "Confidence": 90.0} for place in places],
    }


def test_corners_are_scaled_to_pixels() -> None:
    assert Box("faces", "face", 99.0, CORNERS).scale_corners(800, 400) == [
        (200, 200),
        (600, 200),
        (600, 300),
        (200, 300),
    ]


def test_a_face_has_the_corners_of_its_bounding_box() -> None:
    assert extract_boxes("faces", {"FaceDetails": [{"BoundingBox": BOUNDING_BOX, "Confidence": 99.0}]}) == [
        Box("faces", "face", 99.0, CORNERS)
    ]


def test_text_has_a_box_for_each_line_but_not_for_each_word() -> None:
    assert extract_boxes("text", {"TextDetections": [make_text("LINE"), make_text("WORD")]}) == [
        Box("text", "COMO HOPPER", 97.5, CORNERS)
    ]


def test_labels_in_the_same_place_share_a_box() -> None:
    [box] = extract_boxes("labels", {"Labels": [make_label("Person", BOUNDING_BOX), make_label("Face", BOUNDING_BOX)]})
    assert box.caption == "Person + Face"


def test_labels_in_different_places_have_separate_boxes() -> None:
    assert (
        len(extract_boxes("labels", {"Labels": [make_label("Cat", BOUNDING_BOX, BOUNDING_BOX | {"Left": 0.1})]})) == 2
    )


def test_a_label_without_a_bounding_box_has_no_box() -> None:
    assert extract_boxes("labels", {"Labels": [make_label("Outdoors")]}) == []


def test_labels_without_a_box_are_listed_with_their_confidence() -> None:
    labels = [make_label("Outdoors"), make_label("Cat", BOUNDING_BOX), make_label("Nature")]
    assert list_unplaced_labels({"Labels": labels}) == ["Outdoors, 92.4 %", "Nature, 92.4 %"]


@pytest.mark.parametrize(
    ("operation", "response"),
    [("faces", {"FaceDetails": []}), ("text", {"TextDetections": []}), ("labels", {"Labels": []})],
)
def test_an_empty_response_has_no_boxes(operation: str, response: dict[str, Any]) -> None:
    assert extract_boxes(operation, response) == []
