"""Similarity transforms: fitted to points, around a face, and back."""

import math

import numpy as np
import pytest
from rekbridge_engine.vision.similarity import (
    fit_similarity,
    invert,
    make_upright_square,
    measure_scale,
    move_points,
)

POINTS = np.array([[10.0, 20.0], [60.0, 25.0], [35.0, 50.0], [15.0, 80.0], [58.0, 78.0]])


def turn_points(angle: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    turn = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.asarray(POINTS @ turn.T + shift)


@pytest.mark.parametrize("angle", [-3, -0.5, 0, 0.2, 2])
@pytest.mark.parametrize("scale", [0.1, 1, 7])
def test_fit_finds_the_transform_that_moved_the_points(angle: float, scale: float) -> None:
    moved = turn_points(angle, scale, (-40, 300))
    assert move_points(POINTS, fit_similarity(POINTS, moved)) == pytest.approx(moved)
    assert measure_scale(fit_similarity(POINTS, moved)) == pytest.approx(scale)


def test_fit_never_mirrors() -> None:
    mirrored = POINTS * (-1, 1)
    assert np.linalg.det(fit_similarity(POINTS, mirrored)[:, :2]) > 0


def test_fit_of_points_in_one_place_is_finite() -> None:
    assert np.isfinite(fit_similarity(np.ones((5, 2)), POINTS)).all()


def test_inverse_brings_points_back() -> None:
    transform = fit_similarity(POINTS, turn_points(0.7, 3, (5, 5)))
    assert move_points(move_points(POINTS, transform), invert(transform)) == pytest.approx(POINTS)


def test_center_of_an_upright_square_is_its_middle() -> None:
    transform = make_upright_square((70, 90), 50, 0.4, 192)
    assert move_points(np.array([[70.0, 90.0]]), transform)[0] == pytest.approx([96, 96])


def test_upright_square_levels_a_line_that_falls_to_the_right() -> None:
    # Clockwise, as y grows downwards.
    transform = make_upright_square((0, 0), 10, math.atan2(3, 4), 100)
    left, right = move_points(np.array([[-4.0, -3.0], [4.0, 3.0]]), transform)
    assert left[1] == pytest.approx(right[1])
    assert right[0] - left[0] == pytest.approx(100)
