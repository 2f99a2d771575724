"""Find COCO's 80 things, each with a box, by SSDLite MobileNet v2."""

from collections.abc import Iterator

import cv2
import numpy as np

from rekbridge_engine.vision.boxes import BoundingBox
from rekbridge_engine.vision.detections import DetectedObject
from rekbridge_engine.vision.images import DecodedImage, PixelArray
from rekbridge_engine.vision.models import Tensor, run_model

# Below this a box is more often wrong than right.
MIN_SCORE = 0.5
# From this intersection over union on, two boxes of one class are one thing.
_SAME_OBJECT_OVERLAP = 0.5
# The detector was trained on pictures of about this side, sampled point by point to the side of its input. With an
# antialiased copy, persons lose 5 to 20 points.
_SAMPLED_SIDE, _INPUT_SIDE = 640, 300


def detect_objects(image: DecodedImage) -> list[DetectedObject]:
    """Find the things in an image, the surest first."""
    sampled = _sample(image.shrink_to_fit(_SAMPLED_SIDE))
    scores, corners = run_model("coco_ssd", np.ascontiguousarray(sampled.transpose(2, 0, 1)[None], np.float32))
    objects = list(_select_objects(scores[0], np.clip(corners.reshape(-1, 4), 0, 1)))
    return sorted(objects, key=lambda one: (-one.confidence, one.class_number))


def _sample(image: DecodedImage) -> PixelArray:
    """Resize as TensorFlow 1 does: pixel n of the copy lies at n times the scale, where OpenCV's resize centres it."""
    to_image = np.array([[image.width / _INPUT_SIDE, 0, 0], [0, image.height / _INPUT_SIDE, 0]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    sampled: PixelArray = cv2.warpAffine(
        image.pixels, to_image, (_INPUT_SIDE, _INPUT_SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return sampled


def _select_objects(scores: Tensor, corners: Tensor) -> Iterator[DetectedObject]:
    """Every class's best boxes. A row of corners is top, left, bottom, right."""
    for column in np.flatnonzero(scores.max(axis=0) >= MIN_SCORE):
        rows = np.flatnonzero(scores[:, column] >= MIN_SCORE)
        selected: list[BoundingBox] = []
        for row in rows[np.argsort(-scores[rows, column], kind="stable")]:
            top, left, bottom, right = corners[row].tolist()
            box = BoundingBox(left, top, right - left, bottom - top)
            if box.area and all(box.compute_overlap(other) <= _SAME_OBJECT_OVERLAP for other in selected):
                selected.append(box)
                yield DetectedObject(int(column) + 1, box, 100 * float(scores[row, column]))
