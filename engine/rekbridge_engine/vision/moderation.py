"""DetectModerationLabels: explicit content by Yahoo's open_nsfw; alcohol, weapons, gambling by ImageNet's classes."""

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from rekbridge_engine.vision.classes import classify
from rekbridge_engine.vision.images import DecodedImage
from rekbridge_engine.vision.models import run_model
from rekbridge_engine.vision.moderation_rules import ModerationChance, decide_labels
from rekbridge_engine.vision.taxonomy import load_taxonomy

# The names and levels of AWS's taxonomy of this version.
MODERATION_MODEL_VERSION = "7.0"
_DEFAULT_MIN_CONFIDENCE = 50.0
# open_nsfw was trained on the middle of a picture of 256 by 256 pixels, in BGR, less the mean colour.
_SQUARE_SIDE, _INPUT_SIDE, _MEAN_BGR = 256, 224, (104, 117, 123)


def detect_moderation_labels(images: Sequence[DecodedImage], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Handle DetectModerationLabels. An adapter (ProjectVersion) is accepted, but the base model answers."""
    min_confidence = settings.get("MinConfidence", _DEFAULT_MIN_CONFIDENCE)
    labels = decide_labels(_measure_explicit_chance(images[0]), classify(images[0]), load_taxonomy())
    return {
        "ModerationLabels": [_format_label(label) for label in labels if label.confidence >= min_confidence],
        "ModerationModelVersion": MODERATION_MODEL_VERSION,
    }


def _measure_explicit_chance(image: DecodedImage) -> float:
    """How likely the image is pornographic, 0 to 1."""
    interpolation = cv2.INTER_AREA if min(image.width, image.height) > _SQUARE_SIDE else cv2.INTER_LINEAR
    square = cv2.resize(image.pixels, (_SQUARE_SIDE, _SQUARE_SIDE), interpolation=interpolation)
    margin = (_SQUARE_SIDE - _INPUT_SIDE) // 2
    middle = square[margin : margin + _INPUT_SIDE, margin : margin + _INPUT_SIDE, ::-1]
    tensor = middle.astype(np.float32)[None] - np.array(_MEAN_BGR, np.float32)
    return float(run_model("open_nsfw", tensor)[0][0][1])


def _format_label(label: ModerationChance) -> dict[str, Any]:
    return {
        "Name": label.name.name,
        "ParentName": label.name.parent,
        "TaxonomyLevel": label.name.level,
        "Confidence": label.confidence,
    }
