"""Smile, open mouth and open eyes, by the proportions of a face's mesh alone.

Each has a middle, at which it is as likely as not, and a scale. They were set by eye on 31 faces.
"""

import math
from dataclasses import dataclass

import numpy as np

from rekbridge_engine.vision.similarity import FloatArray

# Points of the mesh: corners of the mouth, outer corners of the eyes, wings of the nose.
_MOUTH, _EYES, _NOSE = (61, 291), (33, 263), (129, 358)
# Upper, lower, left and right point of each eye's lids, and of the lips' inner rim.
_LEFT_LIDS, _RIGHT_LIDS, _LIPS = (159, 145, 33, 133), (386, 374, 362, 263), (13, 14, 78, 308)
# The mouth's width against that of the eyes grows when a head is raised; against that of the nose it does not, but
# noses differ. Wrong answers of the two together had less than 70, but for one slight smile.
_MOUTH_TO_EYES_MIDDLE, _MOUTH_TO_EYES_SCALE = 0.61, 0.05
_MOUTH_TO_NOSE_MIDDLE, _MOUTH_TO_NOSE_SCALE = 1.345, 0.06
_MOUTH_OPEN_MIDDLE, _MOUTH_OPEN_SCALE = 0.25, 0.05
_EYES_OPEN_MIDDLE, _EYES_OPEN_SCALE = 0.17, 0.033
# Half-closed and downcast eyes look like open ones to the mesh, so the answer is never surer than this.
_MAX_EYES_OPEN_CONFIDENCE = 80.0


@dataclass(frozen=True, slots=True)
class Trait:
    """Whether something holds, and how sure that is, 50 to 100."""

    value: bool
    confidence: float


def judge_smile(points: FloatArray) -> Trait:
    """A smile makes the mouth wide, measured against the eyes and the nose."""
    width = _measure_distance(points, *_MOUTH)
    to_eyes, to_nose = (width / _measure_distance(points, *pair) for pair in (_EYES, _NOSE))
    return _judge(
        (to_eyes - _MOUTH_TO_EYES_MIDDLE) / _MOUTH_TO_EYES_SCALE
        + (to_nose - _MOUTH_TO_NOSE_MIDDLE) / _MOUTH_TO_NOSE_SCALE
    )


def judge_mouth_open(points: FloatArray) -> Trait:
    """Whether there is a gap between the lips."""
    return _judge((_measure_opening(points, _LIPS) - _MOUTH_OPEN_MIDDLE) / _MOUTH_OPEN_SCALE)


def judge_eyes_open(points: FloatArray) -> Trait:
    """Whether there are gaps between the lids, on average."""
    opening = (_measure_opening(points, _LEFT_LIDS) + _measure_opening(points, _RIGHT_LIDS)) / 2
    trait = _judge((opening - _EYES_OPEN_MIDDLE) / _EYES_OPEN_SCALE)
    return Trait(trait.value, min(trait.confidence, _MAX_EYES_OPEN_CONFIDENCE))


def _judge(evidence: float) -> Trait:
    """Evidence of 0 is as likely as not; more is for it, less against it."""
    # Beyond 50 nothing changes, and exp would overflow.
    chance = 1 / (1 + math.exp(-max(-50.0, min(50.0, evidence))))
    return Trait(chance >= 0.5, 100 * max(chance, 1 - chance))


def _measure_opening(points: FloatArray, rim: tuple[int, int, int, int]) -> float:
    upper, lower, left, right = rim
    return _measure_distance(points, upper, lower) / _measure_distance(points, left, right)


def _measure_distance(points: FloatArray, first: int, second: int) -> float:
    return float(np.linalg.norm(points[first] - points[second])) or 1e-9
