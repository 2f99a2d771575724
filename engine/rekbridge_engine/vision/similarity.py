"""Similarity transforms of points: turn, scale and move, without distortion. A transform is a matrix of 2 x 3."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

type FloatArray = NDArray[np.floating[Any]]


def fit_similarity(points: FloatArray, targets: FloatArray) -> FloatArray:
    """Fit the transform that brings n x 2 points closest to the targets, by least squares; it never mirrors."""
    centered, wanted = (places - places.mean(axis=0) for places in (points, targets))
    # As complex numbers, turning and scaling is one multiplication.
    start, end = (places[:, 0] + 1j * places[:, 1] for places in (centered, wanted))
    factor = np.vdot(start, end) / (np.vdot(start, start).real or 1.0)
    turn = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return np.column_stack([turn, targets.mean(axis=0) - turn @ points.mean(axis=0)])


def make_upright_square(center: tuple[float, float], side: float, angle: float, size: int) -> FloatArray:
    """Make the transform to a square of `size` pixels of what lies in a square of `side` around the center.

    What is turned clockwise by the angle, in radians, comes to stand upright.
    """
    scale = size / side
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    turn = np.array([[cos, sin], [-sin, cos]])
    return np.column_stack([turn, size / 2 - turn @ np.array(center)])


def invert(transform: FloatArray) -> FloatArray:
    """The transform back."""
    back = np.linalg.inv(transform[:, :2])
    return np.column_stack([back, -back @ transform[:, 2]])


def move_points(points: FloatArray, transform: FloatArray) -> FloatArray:
    """Apply a transform to n x 2 points."""
    moved: FloatArray = points @ transform[:, :2].T + transform[:, 2]
    return moved


def measure_scale(transform: FloatArray) -> float:
    """How many pixels one pixel becomes, along a side."""
    return math.hypot(transform[0, 0], transform[1, 0])
