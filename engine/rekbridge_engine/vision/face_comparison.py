"""CompareFaces: compares the source's largest face with every face of the target, by dlib's face descriptors."""

import math
from collections.abc import Sequence
from typing import Any

from rekbridge_engine.errors import make_invalid_parameters_error
from rekbridge_engine.vision import faces, quality
from rekbridge_engine.vision.detected_faces import DetectedFace
from rekbridge_engine.vision.face_descriptors import compute_descriptors, measure_distances
from rekbridge_engine.vision.face_detection import format_face
from rekbridge_engine.vision.images import DecodedImage

_DEFAULT_THRESHOLD = 80.0
# dlib's authors count two faces as one person below a distance of 0.6. These values make 0.6 a similarity of 80,
# which is AWS's default threshold.
_MIDPOINT_DISTANCE, _DISTANCE_SCALE = 0.66, 0.0433
# The smallest side in pixels and the least sharpness that a face needs for each QualityFilter.
_QUALITY_MINIMUMS = {"NONE": (0, 0), "LOW": (40, 2), "AUTO": (40, 2), "MEDIUM": (60, 10), "HIGH": (100, 25)}


def compare_faces(images: Sequence[DecodedImage], settings: dict[str, Any]) -> dict[str, Any]:
    """Handle CompareFaces. Raises InvalidParameterException if the source has no face, as AWS does."""
    quality_filter = settings.get("QualityFilter", "NONE")
    source, target = (
        [face for face in faces.find_faces(image) if _passes_quality_filter(face, quality_filter)] for image in images
    )
    if not source:
        raise make_invalid_parameters_error()
    descriptors = compute_descriptors([source[0], *target])
    distances = measure_distances(descriptors[0], descriptors[1:])
    scored = [
        (compute_similarity(distance), format_face(face))
        for distance, face in zip(distances.tolist(), target, strict=True)
    ]
    threshold = settings.get("SimilarityThreshold", _DEFAULT_THRESHOLD)
    matches = sorted((pair for pair in scored if pair[0] >= threshold), key=lambda pair: pair[0], reverse=True)
    return {
        "SourceImageFace": {"BoundingBox": source[0].box.to_dict(), "Confidence": source[0].confidence},
        "FaceMatches": [{"Similarity": similarity, "Face": face} for similarity, face in matches],
        "UnmatchedFaces": [face for similarity, face in scored if similarity < threshold],
    }


def compute_similarity(distance: float) -> float:
    """The similarity, 0 to 100, for the distance of two descriptors. Not calibrated, except that 0.6 gives 80."""
    return 100 / (1 + math.exp((distance - _MIDPOINT_DISTANCE) / _DISTANCE_SCALE))


def _passes_quality_filter(face: DetectedFace, quality_filter: str) -> bool:
    min_side, min_sharpness = _QUALITY_MINIMUMS[quality_filter]
    crop = face.crop
    return min(crop.width, crop.height) >= min_side and quality.measure_sharpness(crop) >= min_sharpness
