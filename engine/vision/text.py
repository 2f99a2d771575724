"""DetectText: the lines of a picture and their words, as far as the request's filters let them through."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from engine.vision import boxes, reading
from engine.vision.boxes import Point
from engine.vision.picture import Picture
from engine.vision.reading import Written

MODEL = "rapidocr-3.10.0"
# AWS: "DetectText can detect up to 100 words in an image."
MOST_WORDS = 100
# AWS: "A word, face, or label is included in the region if it is more than half in that region."
HALF = 0.5


def detect(pictures: Sequence[Picture], settings: dict[str, Any]) -> dict[str, Any]:
    """Answer DetectText."""
    found = filtered(reading.lines(pictures[0]), settings.get("Filters", {}))
    return {"TextDetections": list(_detections(found)), "TextModelVersion": MODEL}


def filtered(found: Sequence[Written], filters: dict[str, Any]) -> list[Written]:
    """What the request's Filters leave: words in a region of interest that pass the word filter, and their lines."""
    kept, room = [], MOST_WORDS
    for line in found:
        words = [
            word for word in line.words if _passes(word, filters.get("WordFilter", {})) and _of_interest(word, filters)
        ]
        if words[:room]:
            kept.append(replace(line, words=tuple(words[:room])))
            room -= len(words[:room])
    return kept


def _passes(word: Written, filters: dict[str, float]) -> bool:
    return (
        word.confidence >= filters.get("MinConfidence", 0)
        and word.box.height >= filters.get("MinBoundingBoxHeight", 0)
        and word.box.width >= filters.get("MinBoundingBoxWidth", 0)
    )


def _of_interest(word: Written, filters: dict[str, Any]) -> bool:
    regions = filters.get("RegionsOfInterest", [])
    return not regions or any(boxes.share(word.box, _outline(region)) > HALF for region in regions)


def _outline(region: dict[str, Any]) -> list[Point]:
    if "Polygon" in region:
        return [(point.get("X", 0), point.get("Y", 0)) for point in region["Polygon"]]
    box = boxes.read(region.get("BoundingBox", {}))
    return [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]


def _detections(found: Sequence[Written]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(found):
        yield {"Type": "LINE", "Id": number, **_detection(line)}
    number = len(found)
    for parent, line in enumerate(found):
        for word in line.words:
            yield {"Type": "WORD", "Id": number, "ParentId": parent, **_detection(word)}
            number += 1


def _detection(written: Written) -> dict[str, Any]:
    return {
        "DetectedText": written.text,
        "Confidence": written.confidence,
        "Geometry": boxes.geometry(written.polygon),
    }
