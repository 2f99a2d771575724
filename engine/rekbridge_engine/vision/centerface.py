"""CenterFace: finds faces with five points each in pixels that are given as they are, without resizing."""

from typing import Any

import numpy as np

from rekbridge_engine.vision.images import PixelArray
from rekbridge_engine.vision.models import run_model
from rekbridge_engine.vision.similarity import FloatArray

# The model wants sides that are multiples of this, and answers for cells of four pixels.
_SIDE_STEP, _CELL_SIDE = 32, 4
# Two boxes with more intersection over union than this are the same face.
_SAME_FACE_OVERLAP = 0.3


class FaceCandidates:
    """Faces that may be: scores (0 to 1), corners (left, top, right, bottom) and five points, in pixels.

    The points are the eyes, the nose and the corners of the mouth, each the left of the image first.
    """

    def __init__(self, scores: FloatArray, corners: FloatArray, points: FloatArray) -> None:
        self.scores = scores
        self.corners = corners.reshape(-1, 4)
        self.points = points.reshape(-1, 5, 2)

    def select(self, which: Any) -> "FaceCandidates":
        """Those with these indexes, or for which a mask is true."""
        return FaceCandidates(self.scores[which], self.corners[which], self.points[which])

    def scale(self, across: float, down: float, left: float = 0, top: float = 0) -> "FaceCandidates":
        """The same faces in other pixels: scaled, then moved by left and top."""
        factors, shift = np.array([across, down]), np.array([left, top])
        corners = self.corners.reshape(-1, 2, 2) * factors + shift
        return FaceCandidates(self.scores, corners, self.points * factors + shift)

    @property
    def heights(self) -> FloatArray:
        """The height of each box."""
        heights: FloatArray = self.corners[:, 3] - self.corners[:, 1]
        return heights


def find_candidates(pixels: PixelArray, min_score: float) -> FaceCandidates:
    """Find what scores at least min_score, 0 to 1, in RGB pixels; of boxes that overlap, the best."""
    height, width = pixels.shape[:2]
    image = np.zeros((1, 3, -(-height // _SIDE_STEP) * _SIDE_STEP, -(-width // _SIDE_STEP) * _SIDE_STEP), np.float32)
    image[0, :, :height, :width] = pixels.transpose(2, 0, 1)
    heat, scale, offset, marks = (output[0] for output in run_model("centerface", image))
    rows, columns = np.nonzero(heat[0] >= min_score)
    sizes = np.exp(scale[:, rows, columns]) * _CELL_SIDE
    centers = (np.stack([rows, columns]) + offset[:, rows, columns] + 0.5) * _CELL_SIDE
    # Each is (down, across), the points too, which are fractions of the box.
    starts = centers - sizes / 2
    points = marks[:, rows, columns].reshape(5, 2, -1) * sizes + starts
    found = FaceCandidates(
        heat[0, rows, columns],
        np.concatenate([starts[::-1], (starts + sizes)[::-1]]).T,
        points[:, ::-1].transpose(2, 0, 1),
    )
    return found.select(suppress_overlaps(found.corners, found.scores))


def join_candidates(*groups: FaceCandidates) -> FaceCandidates:
    """Join candidates of the same pixels; of boxes that overlap, the best."""
    joined = FaceCandidates(
        np.concatenate([group.scores for group in groups]),
        np.concatenate([group.corners for group in groups]),
        np.concatenate([group.points for group in groups]),
    )
    return joined.select(suppress_overlaps(joined.corners, joined.scores))


def suppress_overlaps(corners: FloatArray, scores: FloatArray) -> list[int]:
    """Non-maximum suppression: the indexes of the boxes that remain, the best first."""
    order, remaining = np.argsort(-scores, kind="stable"), list[int]()
    areas = (corners[:, 2:] - corners[:, :2]).prod(axis=1)
    while order.size:
        best, order = order[0], order[1:]
        remaining.append(int(best))
        starts, ends = (
            np.maximum(corners[best, :2], corners[order, :2]),
            np.minimum(corners[best, 2:], corners[order, 2:]),
        )
        shared = np.clip(ends - starts, 0, None).prod(axis=1)
        order = order[shared <= _SAME_FACE_OVERLAP * (areas[best] + areas[order] - shared)]
    return remaining
