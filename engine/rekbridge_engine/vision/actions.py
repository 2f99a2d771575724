"""Which function handles which action. An action without a model gets an empty, valid response."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cv2

from rekbridge_engine.jobs import AnalysisJob
from rekbridge_engine.vision import (
    celebrities,
    face_comparison,
    face_detection,
    faces,
    labels,
    ocr,
    protective_equipment,
    text_detection,
)
from rekbridge_engine.vision.images import DecodedImage, decode_image

type ActionHandler = Callable[[Sequence[DecodedImage], dict[str, Any]], dict[str, Any]]

cv2.setNumThreads(1)


def make_empty_handler(**members: Any) -> ActionHandler:
    """Make the handler of an action without a model: it always returns these members."""
    return lambda _images, _settings: dict(members)


ACTION_HANDLERS: Mapping[str, ActionHandler] = {
    "CompareFaces": face_comparison.compare_faces,
    "DetectCustomLabels": make_empty_handler(CustomLabels=[]),
    "DetectFaces": face_detection.detect_faces,
    "DetectLabels": labels.detect_labels,
    "DetectModerationLabels": make_empty_handler(ModerationLabels=[]),
    "DetectProtectiveEquipment": protective_equipment.detect_protective_equipment,
    "DetectText": text_detection.detect_text,
    "RecognizeCelebrities": celebrities.recognize_celebrities,
}


def run_action(job: AnalysisJob) -> dict[str, Any]:
    """Compute the response to a job, an empty one if it is only checked. Raises ServiceError."""
    images = [decode_image(image, job.min_side, job.max_side) for image in job.images]
    return {} if job.checks_only else ACTION_HANDLERS[job.action](images, job.settings)


def warm_up() -> None:
    """Load every model and run each detector once."""
    sample = DecodedImage(np.full((96, 192, 3), 255, np.uint8))
    cv2.putText(sample.pixels, "Ready", (30, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (0, 0, 0), 2)
    ocr.read_lines(sample)
    labels.detect_labels([sample], {"Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"]})
    faces.find_faces(sample)
