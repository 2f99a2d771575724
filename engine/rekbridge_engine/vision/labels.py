"""DetectLabels: what is in an image, and its properties."""

from collections.abc import Iterable, Sequence
from typing import Any

from rekbridge_engine.errors import make_invalid_parameters_error
from rekbridge_engine.vision import faces, image_properties, label_rules, objects
from rekbridge_engine.vision.classes import classify, measure_chance
from rekbridge_engine.vision.detections import DetectedLabel, DetectedObject, LabelInstance
from rekbridge_engine.vision.images import DecodedImage
from rekbridge_engine.vision.label_filters import LabelFilters
from rekbridge_engine.vision.label_rules import PERSON, TEXT
from rekbridge_engine.vision.taxonomy import Taxonomy, load_taxonomy
from rekbridge_engine.vision.text_regions import find_legible_region

LABEL_MODEL_VERSION = "rekbridge-engine-2"
_DEFAULT_MIN_CONFIDENCE = 55.0
# AWS: "The default and upper limit is 1000 labels."
_DEFAULT_MAX_LABELS = 1000
_DEFAULT_MAX_COLOURS = 10
# AWS: "Only valid when GENERAL_LABELS is specified as a feature type".
GENERAL_LABELS_MEMBERS = {"MaxLabels", "MinConfidence"}


def detect_labels(images: Sequence[DecodedImage], settings: dict[str, Any]) -> dict[str, Any]:
    """Handle DetectLabels. Raises InvalidParameterException for a limit on labels without GENERAL_LABELS."""
    image, features = images[0], settings.get("Features") or ["GENERAL_LABELS"]
    if "GENERAL_LABELS" not in features and settings.keys() & GENERAL_LABELS_MEMBERS:
        raise make_invalid_parameters_error()
    taxonomy, feature_settings = load_taxonomy(), settings.get("Settings", {})
    filters = LabelFilters.parse(feature_settings.get("GeneralLabels", {}))
    wanted = {label.name for label in taxonomy.labels.values() if filters.admit(label)}
    wants_labels, wants_properties = "GENERAL_LABELS" in features, "IMAGE_PROPERTIES" in features
    # Only the models for labels that may be returned are run: a person has a body or a face, but a head has a face.
    has_boxes = wanted - (taxonomy.list_descendants(PERSON) - {PERSON}) - {TEXT}
    things = find_things(image, taxonomy) if wants_properties or has_boxes else []
    response: dict[str, Any] = {"Labels": [], "LabelModelVersion": LABEL_MODEL_VERSION}
    if wants_labels:
        labels = [label for label in _find_labels(image, things, wanted, taxonomy) if label.name in wanted]
        min_confidence = settings.get("MinConfidence", _DEFAULT_MIN_CONFIDENCE)
        max_labels = settings.get("MaxLabels", _DEFAULT_MAX_LABELS)
        response["Labels"] = [
            _format_label(label, min_confidence, taxonomy) for label in labels if label.confidence >= min_confidence
        ][:max_labels]
    if wants_properties:
        max_colours = feature_settings.get("ImageProperties", {}).get("MaxDominantColors", _DEFAULT_MAX_COLOURS)
        foreground = image_properties.choose_foreground([thing.box for thing in things])
        response["ImageProperties"] = image_properties.measure_properties(image, foreground, max_colours)
    return response


def find_things(image: DecodedImage, taxonomy: Taxonomy) -> list[DetectedObject]:
    """The things with a box, persons among them, that both detector and classifier see."""
    return label_rules.confirm_objects(
        objects.detect_objects(image), lambda box, classes: measure_chance(image, box, classes), taxonomy
    )


def _find_labels(
    image: DecodedImage, things: Sequence[DetectedObject], wanted: set[str], taxonomy: Taxonomy
) -> list[DetectedLabel]:
    """Every label that a model sees, the surest first."""
    person_labels = taxonomy.list_descendants(PERSON)
    chances = label_rules.sum_chances(classify(image), taxonomy) if wanted - person_labels - {TEXT} else {}
    detected_faces = faces.find_faces(image) if wanted & person_labels else []
    face_boxes = [LabelInstance(face.box, face.confidence) for face in detected_faces]
    groups = label_rules.group_instances(things, face_boxes, taxonomy)
    region = find_legible_region(image) if TEXT in wanted else None
    if region is not None:
        chances[TEXT] = region.confidence / 100
    return label_rules.rank_labels(chances, groups, taxonomy)


def _format_label(label: DetectedLabel, min_confidence: float, taxonomy: Taxonomy) -> dict[str, Any]:
    row = taxonomy.labels[label.name]
    return {
        "Name": label.name,
        "Confidence": label.confidence,
        "Instances": [
            {"BoundingBox": instance.box.to_dict(), "Confidence": instance.confidence}
            for instance in label.instances
            if instance.confidence >= min_confidence
        ],
        "Parents": _format_names(row.parents),
        "Aliases": _format_names(row.aliases),
        "Categories": _format_names(row.categories),
    }


def _format_names(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"Name": name} for name in names]
