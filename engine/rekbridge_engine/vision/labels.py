"""DetectLabels: the four labels that the models can detect, and the properties of the image."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2

from rekbridge_engine.errors import make_invalid_parameters_error
from rekbridge_engine.vision import colours, faces, ocr, quality
from rekbridge_engine.vision.boxes import BoundingBox
from rekbridge_engine.vision.images import DecodedImage

LABEL_MODEL_VERSION = "rekbridge-engine-1"
_DEFAULT_MIN_CONFIDENCE = 55.0
_DEFAULT_MAX_COLOURS = 10
_ANALYSIS_SIDE = 640
# The label Text needs text of two letters or more with this confidence. DetectText also returns uncertain text.
_MIN_TEXT_CONFIDENCE = 85.0
_MAX_TEXT_REGIONS = 5
# OpenCV's cascade gives a margin, not a confidence, so every cat that it finds gets this one.
_CAT_CONFIDENCE = 75.0


@dataclass(frozen=True, slots=True)
class SupportedLabel:
    """A label that can be detected, with its place in Rekognition's taxonomy."""

    name: str
    parents: tuple[str, ...]
    aliases: tuple[str, ...]
    category: str


# AWS: "Only valid when GENERAL_LABELS is specified as a feature type".
GENERAL_LABELS_MEMBERS = {"MaxLabels", "MinConfidence"}

type LabelInstances = list[tuple[BoundingBox, float]]

FACE = SupportedLabel("Face", ("Head", "Person"), (), "Person Description")
PERSON = SupportedLabel("Person", (), ("Human",), "Person Description")
CAT = SupportedLabel("Cat", ("Animal", "Mammal", "Pet"), (), "Animals and Pets")
TEXT = SupportedLabel("Text", (), (), "Text and Documents")


def detect_labels(images: Sequence[DecodedImage], settings: dict[str, Any]) -> dict[str, Any]:
    """Handle DetectLabels. Raises InvalidParameterException for a limit on labels without GENERAL_LABELS."""
    image, features = images[0], settings.get("Features") or ["GENERAL_LABELS"]
    if "GENERAL_LABELS" not in features and settings.keys() & GENERAL_LABELS_MEMBERS:
        raise make_invalid_parameters_error()
    feature_settings = settings.get("Settings", {})
    response: dict[str, Any] = {"Labels": [], "LabelModelVersion": LABEL_MODEL_VERSION}
    if "GENERAL_LABELS" in features:
        filters = feature_settings.get("GeneralLabels", {})
        labels = [label for label in (PERSON, FACE, CAT, TEXT) if _passes_filters(label, filters)]
        response["Labels"] = _find_labels(image, labels, settings)
    if "IMAGE_PROPERTIES" in features:
        max_colours = feature_settings.get("ImageProperties", {}).get("MaxDominantColors", _DEFAULT_MAX_COLOURS)
        response["ImageProperties"] = measure_properties(image, max_colours)
    return response


def measure_properties(image: DecodedImage, max_colours: int) -> dict[str, Any]:
    """Rekognition's ImageProperties without Foreground and Background: no model separates the two."""
    return {
        "Quality": {
            "Brightness": quality.measure_brightness(image),
            "Sharpness": quality.measure_sharpness(image),
            "Contrast": quality.measure_contrast(image),
        },
        "DominantColors": colours.find_dominant_colours(image, max_colours),
    }


def _find_labels(
    image: DecodedImage, labels: Sequence[SupportedLabel], settings: dict[str, Any]
) -> list[dict[str, Any]]:
    min_confidence = settings.get("MinConfidence", _DEFAULT_MIN_CONFIDENCE)
    rows = [
        _format_label(label, instances)
        for detect, detector_labels in DETECTORS
        if (needed := [label for label in detector_labels if label in labels])
        and (instances := [instance for instance in detect(image) if instance[1] >= min_confidence])
        for label in needed
    ]
    rows.sort(key=lambda row: row["Confidence"], reverse=True)
    return rows[: settings.get("MaxLabels", len(rows))]


@cache
def _load_cat_cascade() -> Any:
    return cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalcatface_extended.xml")


def _detect_faces(image: DecodedImage) -> LabelInstances:
    return [(face.box, face.confidence) for face in faces.find_faces(image)]


def _detect_cats(image: DecodedImage) -> LabelInstances:
    small = image.shrink_to_fit(_ANALYSIS_SIDE)
    rectangles = _load_cat_cascade().detectMultiScale(small.gray, 1.1, 3, minSize=(48, 48))
    return [
        (
            BoundingBox(left / small.width, top / small.height, width / small.width, height / small.height),
            _CAT_CONFIDENCE,
        )
        for left, top, width, height in ([float(number) for number in rectangle] for rectangle in rectangles)
    ]


def _detect_text(image: DecodedImage) -> LabelInstances:
    return [
        (line.box, line.confidence)
        for line in ocr.read_largest_regions(image, _ANALYSIS_SIDE, _MAX_TEXT_REGIONS)
        if line.confidence >= _MIN_TEXT_CONFIDENCE and sum(letter.isalnum() for letter in line.text) > 1
    ]


def _format_label(label: SupportedLabel, instances: LabelInstances) -> dict[str, Any]:
    return {
        "Name": label.name,
        "Confidence": max(confidence for _, confidence in instances),
        "Instances": [{"BoundingBox": box.to_dict(), "Confidence": confidence} for box, confidence in instances],
        "Parents": _format_names(label.parents),
        "Aliases": _format_names(label.aliases),
        "Categories": _format_names([label.category]),
    }


# A person is detected only by the face, so both labels have the face's box.
DETECTORS: Sequence[tuple[Callable[[DecodedImage], LabelInstances], tuple[SupportedLabel, ...]]] = (
    (_detect_faces, (PERSON, FACE)),
    (_detect_cats, (CAT,)),
    (_detect_text, (TEXT,)),
)


def _format_names(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"Name": name} for name in names]


def _passes_filters(label: SupportedLabel, filters: dict[str, list[str]]) -> bool:
    """AWS: exclusion wins over inclusion; without an inclusion filter everything is included."""
    included = [*filters.get("LabelInclusionFilters", []), *filters.get("LabelCategoryInclusionFilters", [])]
    excluded = [*filters.get("LabelExclusionFilters", []), *filters.get("LabelCategoryExclusionFilters", [])]
    names = {label.name, label.category}
    return not names & set(excluded) and (not included or bool(names & set(included)))
