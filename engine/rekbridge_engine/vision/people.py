"""Persons, and which of their faces and hands are seen."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from rekbridge_engine.vision import faces
from rekbridge_engine.vision.boxes import BoundingBox
from rekbridge_engine.vision.crops import cut_square
from rekbridge_engine.vision.detected_faces import DetectedFace
from rekbridge_engine.vision.images import DecodedImage
from rekbridge_engine.vision.models import run_model
from rekbridge_engine.vision.objects import detect_objects
from rekbridge_engine.vision.similarity import make_upright_square

_PERSON_CLASS = 1
_INPUT_SIDE = 192
# The side of what the model of joints gets, in multiples of the box's longer side.
_MARGIN = 1.25
# COCO's numbers of the joints. Left is the person's left.
_WRISTS = {"LEFT_HAND": 9, "RIGHT_HAND": 10}
# Below this a joint is a guess.
_MIN_JOINT_SCORE = 0.3


@dataclass(frozen=True, slots=True)
class DetectedPerson:
    """A person: box, confidence (0 to 100), the face if it is seen, and the confidence of each hand that is."""

    box: BoundingBox
    confidence: float
    face: DetectedFace | None = None
    hands: dict[str, float] = field(default_factory=dict)


def find_people(image: DecodedImage, max_people: int) -> list[DetectedPerson]:
    """Find the persons in an image, the surest first. Each face belongs to one person at most."""
    bodies = [found for found in detect_objects(image) if found.class_number == _PERSON_CLASS][:max_people]
    owners = assign_faces([body.box for body in bodies], faces.find_faces(image)) if bodies else {}
    return [
        DetectedPerson(body.box, body.confidence, owners.get(number), _find_hands(image, body.box))
        for number, body in enumerate(bodies)
    ]


def assign_faces(bodies: Sequence[BoundingBox], detected: Sequence[DetectedFace]) -> dict[int, DetectedFace]:
    """Assign each face, the largest first, to the smallest body that has its middle inside and no face yet."""
    owners: dict[int, DetectedFace] = {}
    for face in detected:
        x, y = face.box.left + face.box.width / 2, face.box.top + face.box.height / 2
        around = [
            number
            for number, box in enumerate(bodies)
            if number not in owners and box.left <= x <= box.right and box.top <= y <= box.bottom
        ]
        if around:
            owners[min(around, key=lambda number: bodies[number].area)] = face
    return owners


def _find_hands(image: DecodedImage, box: BoundingBox) -> dict[str, float]:
    """The confidence, 0 to 100, of each hand whose wrist MoveNet sees."""
    center = (box.left + box.width / 2) * image.width, (box.top + box.height / 2) * image.height
    side = _MARGIN * max(box.width * image.width, box.height * image.height)
    square = cut_square(image, make_upright_square(center, side, 0.0, _INPUT_SIDE), _INPUT_SIDE)
    (joints,) = run_model("movenet", square[None].astype(np.int32))
    scores = joints.reshape(17, 3)[:, 2]
    return {name: 100 * float(scores[number]) for name, number in _WRISTS.items() if scores[number] >= _MIN_JOINT_SCORE}
