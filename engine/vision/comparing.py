"""CompareFaces: the largest face of the source against every face of the target, by dlib's 128 numbers."""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import dlib
import numpy as np

from engine.errors import invalid_parameters
from engine.vision import faces, quality
from engine.vision.face_details import compared
from engine.vision.faces import Face
from engine.vision.picture import Picture

_DEFAULT_THRESHOLD = 80.0
# dlib's authors call two faces one person below 0.6; that shall read as 80, AWS's default threshold.
_EVEN, _SLOPE = 0.66, 0.0433
# What a face must have, in pixels a side and sharpness, for each QualityFilter.
_BARS = {"NONE": (0, 0), "LOW": (40, 2), "AUTO": (40, 2), "MEDIUM": (60, 10), "HIGH": (100, 25)}


def compare(pictures: Sequence[Picture], settings: dict[str, Any]) -> dict[str, Any]:
    """Answer CompareFaces. Raises InvalidParameterException when the source shows no face, as AWS does."""
    bar = settings.get("QualityFilter", "NONE")
    source, target = ([face for face in faces.find(picture) if _clears(face, bar)] for picture in pictures)
    if not source:
        raise invalid_parameters()
    wanted = _numbers(source[0])
    rated = [(similarity(float(np.linalg.norm(wanted - _numbers(face)))), compared(face)) for face in target]
    threshold = settings.get("SimilarityThreshold", _DEFAULT_THRESHOLD)
    matches = sorted((pair for pair in rated if pair[0] >= threshold), key=lambda pair: pair[0], reverse=True)
    return {
        "SourceImageFace": {"BoundingBox": source[0].box.answer(), "Confidence": source[0].confidence},
        "FaceMatches": [{"Similarity": alike, "Face": face} for alike, face in matches],
        "UnmatchedFaces": [face for alike, face in rated if alike < threshold],
    }


def load() -> None:
    """Read the models, which a first comparison would have to wait for."""
    _recognizer()
    faces.load()


def similarity(distance: float) -> float:
    """0 to 100 for the distance of two faces; uncalibrated but for 0.6, which is 80."""
    return 100 / (1 + math.exp((distance - _EVEN) / _SLOPE))


def _numbers(face: Face) -> np.ndarray:
    return np.array(_recognizer().compute_face_descriptor(face.picture.pixels, face.shape))


def _clears(face: Face, bar: str) -> bool:
    side, sharp = _BARS[bar]
    return min(face.part.width, face.part.height) >= side and quality.sharpness(face.part) >= sharp


@cache
def _recognizer() -> Any:
    return dlib.face_recognition_model_v1(faces.model("dlib_face_recognition_resnet_model_v1.dat"))
