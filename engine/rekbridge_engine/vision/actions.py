"""Which function handles which action. An action without a model gets an empty, valid response."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cv2

from rekbridge_engine.jobs import AnalysisJob
from rekbridge_engine.vision import (
    celebrities,
    face_comparison,
    face_detection,
    labels,
    moderation,
    protective_equipment,
    text_detection,
)
from rekbridge_engine.vision.images import DecodedImage, decode_image

type ActionHandler = Callable[[Sequence[DecodedImage], dict[str, Any]], dict[str, Any]]

cv2.setNumThreads(1)


def detect_custom_labels(_images: Sequence[DecodedImage], _settings: dict[str, Any]) -> dict[str, Any]:
    """Handle DetectCustomLabels: nobody's own model runs here, so it finds nothing."""
    return {"CustomLabels": []}


ACTION_HANDLERS: Mapping[str, ActionHandler] = {
    "CompareFaces": face_comparison.compare_faces,
    "DetectCustomLabels": detect_custom_labels,
    "DetectFaces": face_detection.detect_faces,
    "DetectLabels": labels.detect_labels,
    "DetectModerationLabels": moderation.detect_moderation_labels,
    "DetectProtectiveEquipment": protective_equipment.detect_protective_equipment,
    "DetectText": text_detection.detect_text,
    "RecognizeCelebrities": celebrities.recognize_celebrities,
}


def run_action(job: AnalysisJob) -> dict[str, Any]:
    """Compute the response to a job, an empty one if it is only checked. Raises ServiceError."""
    images = [decode_image(image, job.min_side, job.max_side) for image in job.images]
    return {} if job.checks_only else ACTION_HANDLERS[job.action](images, job.settings)
