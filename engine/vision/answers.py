"""Which action is answered by what. For an action without a model the answer is empty and valid."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from engine.job import Job
from engine.vision import comparing, face_details, faces, labels, reading, text
from engine.vision.picture import Picture, decoded

type Answer = dict[str, Any]

cv2.setNumThreads(1)


def nothing(**members: Any) -> Callable[[Sequence[Picture], dict[str, Any]], Answer]:
    """An operation that looks at the picture, has no model for it and says so by finding nothing."""
    return lambda _pictures, _settings: dict(members)


def celebrities(pictures: Sequence[Picture], _settings: dict[str, Any]) -> Answer:
    """Answer RecognizeCelebrities: faces there are, but nobody here knows a name."""
    return {
        "CelebrityFaces": [],
        "UnrecognizedFaces": [face_details.compared(face) for face in faces.find(pictures[0])],
    }


def equipment(_pictures: Sequence[Picture], settings: dict[str, Any]) -> Answer:
    """Answer DetectProtectiveEquipment: nobody is judged here, so a summary, given when asked for, is empty."""
    if "SummarizationAttributes" not in settings:
        return {"Persons": []}
    groups = ("PersonsWithRequiredEquipment", "PersonsWithoutRequiredEquipment", "PersonsIndeterminate")
    return {"Persons": [], "Summary": {group: [] for group in groups}}


ANSWERS: Mapping[str, Callable[[Sequence[Picture], dict[str, Any]], Answer]] = {
    "CompareFaces": comparing.compare,
    "DetectCustomLabels": nothing(CustomLabels=[]),
    "DetectFaces": face_details.detect,
    "DetectLabels": labels.detect,
    "DetectModerationLabels": nothing(ModerationLabels=[]),
    "DetectProtectiveEquipment": equipment,
    "DetectText": text.detect,
    "RecognizeCelebrities": celebrities,
}


def answer(job: Job) -> Answer:
    """The answer to a job. Raises ServiceError."""
    pictures = [decoded(image, job.min_side, job.max_side) for image in job.images]
    return ANSWERS[job.action](pictures, job.settings)


def warm() -> None:
    """Load every model and run each detector once."""
    blank = Picture(np.full((96, 192, 3), 255, np.uint8))
    cv2.putText(blank.pixels, "Ready", (30, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (0, 0, 0), 2)
    reading.lines(blank)
    labels.detect([blank], {"Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"]})
    comparing.load()
