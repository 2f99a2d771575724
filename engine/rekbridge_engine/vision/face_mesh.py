"""The face mesh: 468 points in three dimensions of a face that CenterFace found."""

import math

import numpy as np

from rekbridge_engine.vision.crops import cut_square
from rekbridge_engine.vision.faces import DetectedFace
from rekbridge_engine.vision.models import run_model
from rekbridge_engine.vision.similarity import FloatArray, invert, make_upright_square, measure_scale, move_points

_INPUT_SIDE = 192
# The side of what the model gets, in multiples of the box's longer side.
_MARGIN = 1.5
# Below this the model sees no face as it knows them: a profile, a covered or a tiny face.
_MIN_PRESENCE = 0.9


def find_mesh(face: DetectedFace) -> FloatArray | None:
    """Find the mesh of a face: 468 rows of x, y and depth in pixels; None if the model is not sure to see one."""
    image, box = face.image, face.box
    (left_x, left_y), (right_x, right_y) = face.points[:2]
    center = (box.left + box.width / 2) * image.width, (box.top + box.height / 2) * image.height
    side = _MARGIN * max(box.width * image.width, box.height * image.height)
    transform = make_upright_square(center, side, math.atan2(right_y - left_y, right_x - left_x), _INPUT_SIDE)
    square = cut_square(image, transform, _INPUT_SIDE)
    output, presence = run_model("face_mesh", np.divide(square[None], 255, dtype=np.float32))
    if 1 / (1 + math.exp(-float(presence.ravel()[0]))) < _MIN_PRESENCE:
        return None
    points = output.reshape(-1, 3)
    return np.column_stack([move_points(points[:, :2], invert(transform)), points[:, 2] / measure_scale(transform)])
