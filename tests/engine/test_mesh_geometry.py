"""Landmarks and pose of a synthetic mesh: a flat face of 468 points, turned by known angles."""

import math

import boto3
import numpy as np
import pytest
from rekbridge_engine.vision.mesh_geometry import (
    DEFAULT_LANDMARKS,
    LANDMARK_POINTS,
    find_landmarks,
    measure_pose,
)

LANDMARK_TYPES = boto3.client("rekognition", region_name="eu-west-1").meta.service_model.shape_for("LandmarkType").enum
# x, y and depth of cheeks, forehead and chin of a face that looks straight into the camera: its chin lies farther back.
LEAN = math.tan(math.radians(10))
PLACES = {234: (-40, 0, 0), 454: (40, 0, 0), 10: (0, -50, -50 * LEAN), 152: (0, 50, 50 * LEAN)}


def build_mesh() -> np.ndarray:
    mesh = np.zeros((468, 3))
    for number, place in PLACES.items():
        mesh[number] = place
    return mesh


def turn_mesh(mesh: np.ndarray, roll: float = 0, yaw: float = 0, pitch: float = 0) -> np.ndarray:
    """Turn clockwise, to the right of the image, and up; degrees. Depth grows away from the camera."""
    r, y, p = map(math.radians, (roll, yaw, pitch))
    up = np.array([[1, 0, 0], [0, math.cos(p), math.sin(p)], [0, -math.sin(p), math.cos(p)]])
    right = np.array([[math.cos(y), 0, -math.sin(y)], [0, 1, 0], [math.sin(y), 0, math.cos(y)]])
    clockwise = np.array([[math.cos(r), -math.sin(r), 0], [math.sin(r), math.cos(r), 0], [0, 0, 1]])
    return np.asarray(mesh @ (clockwise @ right @ up).T)


def get_angles(mesh: np.ndarray) -> tuple[float, float, float]:
    pose = measure_pose(mesh)
    return pose.roll, pose.yaw, pose.pitch


def test_every_landmark_has_a_name_of_aws_and_none_is_missing() -> None:
    assert set(LANDMARK_POINTS) == set(LANDMARK_TYPES)
    assert set(DEFAULT_LANDMARKS) < set(LANDMARK_TYPES)


def test_face_that_looks_straight_ahead_has_no_angles() -> None:
    assert get_angles(build_mesh()) == pytest.approx((0, 0, 0), abs=0.5)


def test_the_turned_mesh_looks_where_its_name_says() -> None:
    nose_forward = np.array([[0.0, 0.0, -1.0]])
    assert turn_mesh(nose_forward, yaw=30)[0, 0] > 0
    assert turn_mesh(nose_forward, pitch=30)[0, 1] < 0


@pytest.mark.parametrize("angle", [-60, -30, -5, 5, 30, 60])
def test_roll_is_positive_clockwise(angle: float) -> None:
    assert get_angles(turn_mesh(build_mesh(), roll=angle)) == pytest.approx((angle, 0, 0), abs=0.5)


@pytest.mark.parametrize("angle", [-60, -30, -5, 5, 30, 60])
def test_yaw_is_positive_to_the_right_of_the_image(angle: float) -> None:
    assert measure_pose(turn_mesh(build_mesh(), yaw=angle)).yaw == pytest.approx(angle, abs=2)


@pytest.mark.parametrize("angle", [-40, -20, -5, 5, 20, 40])
def test_pitch_is_positive_upwards(angle: float) -> None:
    assert get_angles(turn_mesh(build_mesh(), pitch=angle)) == pytest.approx((0, 0, angle), abs=0.5)


@pytest.mark.parametrize(("scale", "shift"), [(0.2, 0), (5, 1000)])
def test_pose_does_not_depend_on_size_and_place(scale: float, shift: float) -> None:
    mesh = turn_mesh(build_mesh(), 10, 20, 5)
    assert get_angles(mesh * scale + shift) == pytest.approx(get_angles(mesh))


def test_eye_is_the_middle_of_its_four_points() -> None:
    mesh = np.zeros((468, 3))
    mesh[[33, 133, 159, 145], 0] = 10, 20, 15, 15
    mesh[[33, 133, 159, 145], 1] = 5, 5, 3, 7
    assert find_landmarks(mesh)["eyeLeft"] == find_landmarks(mesh)["leftPupil"] == (15, 5)
