"""DetectText: the lines of an image and their words that pass the request's filters."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from rekbridge_engine.vision import boxes, ocr
from rekbridge_engine.vision.boxes import Coordinates
from rekbridge_engine.vision.images import DecodedImage
from rekbridge_engine.vision.ocr import RecognizedText

TEXT_MODEL_VERSION = "rapidocr-3.10.0"
# AWS: "DetectText can detect up to 100 words in an image."
MAX_WORDS = 100
# AWS: "A word, face, or label is included in the region if it is more than half in that region."
MIN_FRACTION_IN_REGION = 0.5


def detect_text(images: Sequence[DecodedImage], settings: dict[str, Any]) -> dict[str, Any]:
    """Handle DetectText."""
    lines = apply_filters(ocr.read_lines(images[0]), settings.get("Filters", {}))
    return {"TextDetections": list(_format_detections(lines)), "TextModelVersion": TEXT_MODEL_VERSION}


def apply_filters(lines: Sequence[RecognizedText], filters: dict[str, Any]) -> list[RecognizedText]:
    """Keep words that pass the word filter and lie in a region of interest, at most MAX_WORDS, and their lines."""
    filtered_lines, words_left = [], MAX_WORDS
    for line in lines:
        words = [
            word
            for word in line.words
            if _passes_word_filter(word, filters.get("WordFilter", {})) and _is_in_region(word, filters)
        ]
        if words[:words_left]:
            filtered_lines.append(replace(line, words=tuple(words[:words_left])))
            words_left -= len(words[:words_left])
    return filtered_lines


def _passes_word_filter(word: RecognizedText, word_filter: dict[str, float]) -> bool:
    return (
        word.confidence >= word_filter.get("MinConfidence", 0)
        and word.box.height >= word_filter.get("MinBoundingBoxHeight", 0)
        and word.box.width >= word_filter.get("MinBoundingBoxWidth", 0)
    )


def _is_in_region(word: RecognizedText, filters: dict[str, Any]) -> bool:
    regions = filters.get("RegionsOfInterest", [])
    return not regions or any(
        boxes.compute_fraction_inside(word.box, _parse_region(region)) > MIN_FRACTION_IN_REGION for region in regions
    )


def _parse_region(region: dict[str, Any]) -> list[Coordinates]:
    """The corners of a region of interest."""
    if "Polygon" in region:
        return [(point.get("X", 0), point.get("Y", 0)) for point in region["Polygon"]]
    box = boxes.parse_box(region.get("BoundingBox", {}))
    return [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]


def _format_detections(lines: Sequence[RecognizedText]) -> Iterator[dict[str, Any]]:
    for line_id, line in enumerate(lines):
        yield {"Type": "LINE", "Id": line_id, **_format_detection(line)}
    word_id = len(lines)
    for line_id, line in enumerate(lines):
        for word in line.words:
            yield {"Type": "WORD", "Id": word_id, "ParentId": line_id, **_format_detection(word)}
            word_id += 1


def _format_detection(text: RecognizedText) -> dict[str, Any]:
    return {
        "DetectedText": text.text,
        "Confidence": text.confidence,
        "Geometry": boxes.format_geometry(text.polygon),
    }
