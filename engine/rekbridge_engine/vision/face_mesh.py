"""The face mesh: 468 points in three dimensions of a face that CenterFace found."""

import math
from dataclasses import dataclass

import numpy as np

from rekbridge_engine.vision.crops import cut_square
from rekbridge_engine.vision.detected_faces import DetectedFace
from rekbridge_engine.vision.models import run_model
from rekbridge_engine.vision.similarity import FloatArray, invert, make_upright_square, measure_scale, move_points

_INPUT_SIDE = 192
# The side of what the model gets, in multiples of the box's longer side.
_MARGIN = 1.5
# Below this the model sees no face as it knows them: a profile, a covered or a tiny face.
_MIN_PRESENCE = 0.9


@dataclass(frozen=True, slots=True)
class FaceMesh:
    """468 rows of x, y and depth in pixels of the image, and how sure (0 to 1) the model is to see a face at all."""

    points: FloatArray
    presence: float


def find_mesh(face: DetectedFace) -> FloatArray | None:
    """Find the mesh of a face: 468 rows of x, y and depth in pixels; None if the model is not sure to see one."""
    mesh = run_mesh(face)
    return mesh.points if mesh.presence >= _MIN_PRESENCE else None


def run_mesh(face: DetectedFace) -> FaceMesh:
    """Run the model on a face, whether it is one or not."""
    image, box = face.image, face.box
    (left_x, left_y), (right_x, right_y) = face.points[:2]
    center = (box.left + box.width / 2) * image.width, (box.top + box.height / 2) * image.height
    side = _MARGIN * max(box.width * image.width, box.height * image.height)
    transform = make_upright_square(center, side, math.atan2(right_y - left_y, right_x - left_x), _INPUT_SIDE)
    square = cut_square(image, transform, _INPUT_SIDE)
    output, presence = run_model("face_mesh", np.divide(square[None], 255, dtype=np.float32))
    points = output.reshape(-1, 3)
    moved = move_points(points[:, :2], invert(transform))
    depth = points[:, 2] / measure_scale(transform)
    return FaceMesh(np.column_stack([moved, depth]), 1 / (1 + math.exp(-float(presence.ravel()[0]))))
