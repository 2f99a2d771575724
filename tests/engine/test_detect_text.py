"""DetectText on real photographs and scans."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.engine.running import EXPECTED, Engine, overlap, photo

type Seen = Callable[[str], list[dict[str, Any]]]

WITH_TEXT = [
    (name, kind, text) for name, row in EXPECTED.items() for kind, texts in row["text"].items() for text in texts
]
WITHOUT_TEXT = [name for name, row in EXPECTED.items() if not row["text"]]


def detections(engine: Engine, name: str, **filters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = engine.client().detect_text(Image=photo(name), **filters)["TextDetections"]
    return found


@pytest.fixture(scope="module")
def seen(shared: Engine) -> Seen:
    """What is read in a photograph: asked once, for a page takes seconds."""
    return cache(lambda name: detections(shared, name))


@pytest.mark.parametrize(("name", "kind", "text"), WITH_TEXT)
def test_reads_what_is_written_where_it_is_written(seen: Seen, name: str, kind: str, text: str) -> None:
    found = [one for one in seen(name) if one["Type"] == kind and one["DetectedText"] == text]
    place = EXPECTED[name]["text"][kind][text]
    assert found
    assert place is None or max(overlap(place, one["Geometry"]["BoundingBox"]) for one in found) >= 0.5


@pytest.mark.parametrize("name", WITHOUT_TEXT)
def test_reads_nothing_where_nothing_is_written(seen: Seen, name: str) -> None:
    assert seen(name) == []


def test_every_word_belongs_to_a_line_that_contains_it(seen: Seen) -> None:
    found = seen("recipe.png")
    lines = {one["Id"]: one["DetectedText"] for one in found if one["Type"] == "LINE"}
    words = [one for one in found if one["Type"] == "WORD"]
    assert words
    assert all(word["DetectedText"] in lines[word["ParentId"]] for word in words)
    assert [one["Id"] for one in found] == list(range(len(found)))


def test_reports_at_most_a_hundred_words_as_aws_does(seen: Seen) -> None:
    assert sum(one["Type"] == "WORD" for one in seen("chapter.jpg")) == 100


def test_keeps_to_the_regions_of_interest(engine: Engine) -> None:
    top = {"BoundingBox": {"Left": 0.0, "Top": 0.0, "Width": 1.0, "Height": 0.3}}
    found = detections(engine, "recipe.png", Filters={"RegionsOfInterest": [top]})
    assert {one["DetectedText"] for one in found if one["Type"] == "LINE"} == {"Linzensoep à la Waterman"}


def test_keeps_to_a_region_given_as_a_polygon(engine: Engine) -> None:
    left = {"Polygon": [{"X": 0.0, "Y": 0.0}, {"X": 0.26, "Y": 0.0}, {"X": 0.26, "Y": 0.3}, {"X": 0.0, "Y": 0.3}]}
    found = detections(engine, "recipe.png", Filters={"RegionsOfInterest": [left]})
    assert [one["DetectedText"] for one in found if one["Type"] == "WORD"] == ["Linzensoep"]


@pytest.mark.parametrize(("least", "found"), [(0, ["Linzensoep"]), (100, [])])
def test_keeps_to_words_as_sure_as_the_filter_wants_them(engine: Engine, least: float, found: list[str]) -> None:
    left = {"BoundingBox": {"Left": 0.0, "Top": 0.0, "Width": 0.26, "Height": 0.3}}
    filters = {"RegionsOfInterest": [left], "WordFilter": {"MinConfidence": least}}
    words = [one["DetectedText"] for one in detections(engine, "recipe.png", Filters=filters) if one["Type"] == "WORD"]
    assert words == found


def test_leaves_out_words_narrower_than_the_filter(engine: Engine) -> None:
    found = detections(engine, "recipe.png", Filters={"WordFilter": {"MinBoundingBoxWidth": 0.2}})
    words = [one["DetectedText"] for one in found if one["Type"] == "WORD"]
    assert words
    assert all(re.fullmatch(r".{9,}", word) for word in words)
