"""DetectText on real photographs and scans."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.engine.engine_process import EXPECTED, RunningEngine, compute_overlap, load_photo

type TextReader = Callable[[str], list[dict[str, Any]]]

WITH_TEXT = [
    (name, kind, text) for name, row in EXPECTED.items() for kind, texts in row["text"].items() for text in texts
]
WITHOUT_TEXT = [name for name, row in EXPECTED.items() if not row["text"]]


def detect_text(engine: RunningEngine, name: str, **filters: Any) -> list[dict[str, Any]]:
    response = engine.create_client().detect_text(Image=load_photo(name), **filters)
    detections: list[dict[str, Any]] = response["TextDetections"]
    return detections


def select_texts(detections: list[dict[str, Any]], kind: str) -> list[str]:
    return [detection["DetectedText"] for detection in detections if detection["Type"] == kind]


@pytest.fixture(scope="module")
def read_photo(shared_engine: RunningEngine) -> TextReader:
    """Reads a photograph. Results are cached, because a page takes seconds."""
    return cache(lambda name: detect_text(shared_engine, name))


@pytest.mark.parametrize(("name", "kind", "text"), WITH_TEXT)
def test_text_is_read_at_its_place(read_photo: TextReader, name: str, kind: str, text: str) -> None:
    boxes = [
        detection["Geometry"]["BoundingBox"]
        for detection in read_photo(name)
        if detection["Type"] == kind and detection["DetectedText"] == text
    ]
    expected_box = EXPECTED[name]["text"][kind][text]
    assert boxes
    assert expected_box is None or max(compute_overlap(expected_box, box) for box in boxes) >= 0.5


@pytest.mark.parametrize("name", WITHOUT_TEXT)
def test_no_text_is_read_in_a_photo_without_text(read_photo: TextReader, name: str) -> None:
    assert read_photo(name) == []


def test_every_word_has_a_parent_line_that_contains_it(read_photo: TextReader) -> None:
    detections = read_photo("recipe.png")
    lines = {line["Id"]: line["DetectedText"] for line in detections if line["Type"] == "LINE"}
    words = [detection for detection in detections if detection["Type"] == "WORD"]
    assert words
    assert all(word["DetectedText"] in lines[word["ParentId"]] for word in words)
    assert [detection["Id"] for detection in detections] == list(range(len(detections)))


def test_at_most_100_words_are_returned(read_photo: TextReader) -> None:
    assert len(select_texts(read_photo("chapter.jpg"), "WORD")) == 100


def test_only_text_in_regions_of_interest_is_returned(engine: RunningEngine) -> None:
    top = {"BoundingBox": {"Left": 0.0, "Top": 0.0, "Width": 1.0, "Height": 0.3}}
    detections = detect_text(engine, "recipe.png", Filters={"RegionsOfInterest": [top]})
    assert set(select_texts(detections, "LINE")) == {"Linzensoep à la Waterman"}


def test_region_of_interest_can_be_a_polygon(engine: RunningEngine) -> None:
    region = {"Polygon": [{"X": 0.0, "Y": 0.0}, {"X": 0.26, "Y": 0.0}, {"X": 0.26, "Y": 0.3}, {"X": 0.0, "Y": 0.3}]}
    detections = detect_text(engine, "recipe.png", Filters={"RegionsOfInterest": [region]})
    assert select_texts(detections, "WORD") == ["Linzensoep"]


@pytest.mark.parametrize(("min_confidence", "expected"), [(0, ["Linzensoep"]), (100, [])])
def test_words_below_min_confidence_are_removed(
    engine: RunningEngine, min_confidence: float, expected: list[str]
) -> None:
    region = {"BoundingBox": {"Left": 0.0, "Top": 0.0, "Width": 0.26, "Height": 0.3}}
    filters = {"RegionsOfInterest": [region], "WordFilter": {"MinConfidence": min_confidence}}
    assert select_texts(detect_text(engine, "recipe.png", Filters=filters), "WORD") == expected


def test_words_below_min_width_are_removed(engine: RunningEngine) -> None:
    detections = detect_text(engine, "recipe.png", Filters={"WordFilter": {"MinBoundingBoxWidth": 0.2}})
    words = select_texts(detections, "WORD")
    assert words
    assert all(re.fullmatch(r".{9,}", word) for word in words)
