"""Smile, open mouth and open eyes, by the proportions of a face's mesh alone.

Each has a middle, at which it is as likely as not. The middles were set by eye on a few dozen photographs.
"""

import math
from dataclasses import dataclass

import numpy as np

from rekbridge_engine.vision.similarity import FloatArray

# Points of the mesh: corners of the mouth, outer corners of the eyes.
_MOUTH, _EYES = (61, 291), (33, 263)
# Upper, lower, left and right point of each eye's lids, and of the lips' inner rim.
_LEFT_LIDS, _RIGHT_LIDS, _LIPS = (159, 145, 33, 133), (386, 374, 362, 263), (13, 14, 78, 308)
_SMILE_MIDDLE, _SMILE_SLOPE = 0.6, 40.0
_MOUTH_OPEN_MIDDLE, _MOUTH_OPEN_SLOPE = 0.25, 20.0
_EYES_OPEN_MIDDLE, _EYES_OPEN_SLOPE = 0.17, 30.0
# Half-closed and downcast eyes look like open ones to the mesh, so the answer is never surer than this.
_MAX_EYES_OPEN_CONFIDENCE = 80.0


@dataclass(frozen=True, slots=True)
class Trait:
    """Whether something holds, and how sure that is, 50 to 100."""

    value: bool
    confidence: float


def judge_smile(points: FloatArray) -> Trait:
    """A smile makes the mouth wide, measured against the eyes."""
    width = _measure_distance(points, *_MOUTH) / _measure_distance(points, *_EYES)
    return _judge(width, _SMILE_MIDDLE, _SMILE_SLOPE)


def judge_mouth_open(points: FloatArray) -> Trait:
    """Whether there is a gap between the lips."""
    return _judge(_measure_opening(points, _LIPS), _MOUTH_OPEN_MIDDLE, _MOUTH_OPEN_SLOPE)


def judge_eyes_open(points: FloatArray) -> Trait:
    """Whether there are gaps between the lids, on average."""
    opening = (_measure_opening(points, _LEFT_LIDS) + _measure_opening(points, _RIGHT_LIDS)) / 2
    trait = _judge(opening, _EYES_OPEN_MIDDLE, _EYES_OPEN_SLOPE)
    return Trait(trait.value, min(trait.confidence, _MAX_EYES_OPEN_CONFIDENCE))


def _judge(measure: float, middle: float, slope: float) -> Trait:
    chance = 1 / (1 + math.exp((middle - measure) * slope))
    return Trait(chance >= 0.5, 100 * max(chance, 1 - chance))


def _measure_opening(points: FloatArray, rim: tuple[int, int, int, int]) -> float:
    upper, lower, left, right = rim
    return _measure_distance(points, upper, lower) / _measure_distance(points, left, right)


def _measure_distance(points: FloatArray, first: int, second: int) -> float:
    return float(np.linalg.norm(points[first] - points[second])) or 1e-9
