from typing import Any

import pytest
from rekbridge.demo.boxes import Box, boxes

PLACE = {"Left": 0.25, "Top": 0.5, "Width": 0.5, "Height": 0.25}
CORNERS = ((0.25, 0.5), (0.75, 0.5), (0.75, 0.75), (0.25, 0.75))
POLYGON = [{"X": x, "Y": y} for x, y in CORNERS]


def text(kind: str) -> dict[str, Any]:
    return {"Type": kind, "DetectedText": "COMO HOPPER", "Confidence": 97.5, "Geometry": {"Polygon": POLYGON}}


def label(name: str, *places: dict[str, float]) -> dict[str, Any]:
    return {"Name": name, "Instances": [{"BoundingBox": place, "Confidence": 90.0} for place in places]}


def test_fractions_become_pixels_of_the_picture_at_hand() -> None:
    assert Box("faces", "face", 99.0, CORNERS).scaled(800, 400) == [(200, 200), (600, 200), (600, 300), (200, 300)]


def test_a_face_is_where_its_bounding_box_is() -> None:
    assert boxes("faces", {"FaceDetails": [{"BoundingBox": PLACE, "Confidence": 99.0}]}) == [
        Box("faces", "face", 99.0, CORNERS)
    ]


def test_text_is_drawn_by_the_line_and_not_again_by_the_word() -> None:
    assert boxes("text", {"TextDetections": [text("LINE"), text("WORD")]}) == [
        Box("text", "COMO HOPPER", 97.5, CORNERS)
    ]


def test_labels_in_the_same_place_share_a_box() -> None:
    [box] = boxes("labels", {"Labels": [label("Person", PLACE), label("Face", PLACE)]})
    assert box.caption == "Person + Face"


def test_labels_in_different_places_have_boxes_of_their_own() -> None:
    assert len(boxes("labels", {"Labels": [label("Cat", PLACE, PLACE | {"Left": 0.1})]})) == 2


def test_a_label_without_a_place_is_not_drawn() -> None:
    assert boxes("labels", {"Labels": [label("Outdoors")]}) == []


@pytest.mark.parametrize(
    ("operation", "answer"),
    [("faces", {"FaceDetails": []}), ("text", {"TextDetections": []}), ("labels", {"Labels": []})],
)
def test_nothing_found_is_nothing_drawn(operation: str, answer: dict[str, Any]) -> None:
    assert boxes(operation, answer) == []
