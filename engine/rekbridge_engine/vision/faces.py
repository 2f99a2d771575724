"""Find faces with CenterFace: once over the whole image, and again where something small may be a face."""

import math
from collections.abc import Iterator

import cv2
import numpy as np

from rekbridge_engine.vision import face_mesh
from rekbridge_engine.vision.boxes import BoundingBox
from rekbridge_engine.vision.centerface import FaceCandidates, find_candidates, join_candidates
from rekbridge_engine.vision.detected_faces import DetectedFace
from rekbridge_engine.vision.images import DecodedImage

# From this score on it is a face. Of 32 faces in photographs the least scored 0.67; photographs without faces, 0.1.
_MIN_SCORE = 0.5
# Clearly below that least, the mesh must see a face, too: a paving stone and a tower scored 0.5 to 0.6.
_CERTAIN_SCORE, _MIN_PRESENCE = 0.6, 0.5
# The side at which the whole image is searched, at least, and as a part of its longer side: a face of 40 pixels in an
# image of 2,000 then has 26 in what the model gets.
_MIN_ANALYSIS_SIDE, _ANALYSIS_SCALE = 640, 0.64
# A face needs this height in the pixels that the model gets: of 32 faces it missed none at 26, four at 20.
_MIN_HEIGHT = 26
# A smaller one is only a hint to look there again, but already from this score on.
_MIN_HINT_SCORE = 0.05
# Hints are looked at in tiles of the image. The margin is more than the face of a hint has in the image.
_TILE_SIDE, _TILE_MARGIN = 288, 48
# Tiles are enlarged, because the smallest faces have fewer pixels than the model needs.
_TILE_SCALE = 1.25
# The score that is as likely a face as not, and how fast that changes: a score of 0.5 gives 82, of 0.7 gives 99.
_MIDDLE_SCORE, _SCORE_SLOPE = 0.4, 15.0
# AWS: "DetectFaces detects the 100 largest faces in the image."
_MAX_FACES = 100


def find_faces(image: DecodedImage) -> list[DetectedFace]:
    """Find the faces of an image, the largest first. A drawn face counts."""
    small = image.shrink_to_fit(max(_MIN_ANALYSIS_SIDE, round(_ANALYSIS_SCALE * max(image.width, image.height))))
    shrunk = small is not image
    candidates = find_candidates(small.pixels, _MIN_HINT_SCORE if shrunk else _MIN_SCORE)
    too_small = (candidates.heights < _MIN_HEIGHT) & shrunk
    across, down = image.width / small.width, image.height / small.height
    hints = candidates.select(too_small).scale(across, down)
    certain = candidates.select(~too_small & (candidates.scores >= _MIN_SCORE)).scale(across, down)
    candidates = join_candidates(certain, *_look_closer(image, hints))
    faces = [
        face
        for number, score in enumerate(candidates.scores.tolist())
        if _is_face(face := _build_face(candidates, number, image), score)
    ]
    return sorted(faces, key=lambda face: face.box.area, reverse=True)[:_MAX_FACES]


def _look_closer(image: DecodedImage, hints: FaceCandidates) -> Iterator[FaceCandidates]:
    """Search the tiles with hints in the image's own pixels, enlarged."""
    centers = (hints.corners[:, :2] + hints.corners[:, 2:]) / 2
    for column, row in sorted({(int(x // _TILE_SIDE), int(y // _TILE_SIDE)) for x, y in centers.tolist()}):
        left, top = max(0, column * _TILE_SIDE - _TILE_MARGIN), max(0, row * _TILE_SIDE - _TILE_MARGIN)
        right, bottom = (column + 1) * _TILE_SIDE + _TILE_MARGIN, (row + 1) * _TILE_SIDE + _TILE_MARGIN
        tile = image.pixels[top:bottom, left:right]
        size = math.ceil(tile.shape[1] * _TILE_SCALE), math.ceil(tile.shape[0] * _TILE_SCALE)
        enlarged = cv2.resize(tile, size, interpolation=cv2.INTER_LINEAR)
        found = find_candidates(enlarged, _MIN_SCORE)
        yield found.scale(tile.shape[1] / size[0], tile.shape[0] / size[1], left, top)


def _is_face(face: DetectedFace, score: float) -> bool:
    return score >= _CERTAIN_SCORE or face_mesh.run_mesh(face).presence >= _MIN_PRESENCE


def _build_face(candidates: FaceCandidates, number: int, image: DecodedImage) -> DetectedFace:
    size = np.array([image.width, image.height] * 2)
    left, top, right, bottom = np.clip(candidates.corners[number] / size, 0, 1).tolist()
    points = tuple((x, y) for x, y in candidates.points[number].tolist())
    confidence = _compute_confidence(float(candidates.scores[number]))
    return DetectedFace(BoundingBox(left, top, right - left, bottom - top), confidence, points, image)


def _compute_confidence(score: float) -> float:
    """The confidence, 0 to 100, of CenterFace's score, which hardly exceeds 0.9 for the clearest face."""
    return 100 / (1 + math.exp((_MIDDLE_SCORE - score) * _SCORE_SLOPE))
