"""DetectFaces, and the format of a face in other operations' responses.

Attributes that five landmarks do not show are left out.
"""

import math
from collections.abc import Sequence
from typing import Any

from rekbridge_engine.vision import faces, quality
from rekbridge_engine.vision.boxes import Coordinates
from rekbridge_engine.vision.faces import DetectedFace
from rekbridge_engine.vision.images import DecodedImage

# How far the nose moves from the midpoint of the eyes when the head turns by 90°, in multiples of the eye distance.
_NOSE_SHIFT_AT_90_DEGREES = 0.65


def detect_faces(images: Sequence[DecodedImage], settings: dict[str, Any]) -> dict[str, Any]:
    """Handle DetectFaces. As with AWS, only the attribute ALL adds landmarks; [ALL, DEFAULT] means ALL."""
    all_landmarks = "ALL" in settings.get("Attributes", [])
    return {
        "FaceDetails": [
            format_face(face) | {"Landmarks": format_landmarks(face, all_landmarks)}
            for face in faces.find_faces(images[0])
        ]
    }


def format_face(face: DetectedFace) -> dict[str, Any]:
    """Rekognition's ComparedFace: the members that every operation with faces returns."""
    crop = face.crop
    return {
        "BoundingBox": face.box.to_dict(),
        "Confidence": face.confidence,
        "Landmarks": format_landmarks(face, all_landmarks=False),
        "Pose": estimate_pose(face),
        "Quality": {"Brightness": quality.measure_brightness(crop), "Sharpness": quality.measure_sharpness(crop)},
    }


def format_landmarks(face: DetectedFace, all_landmarks: bool) -> list[dict[str, Any]]:
    """Eyes and nose; with all_landmarks also the corners of the eyes. As with AWS, left is the image's left side."""
    right_outer, right_inner, left_outer, left_inner, nose = face.points
    points = {
        "eyeLeft": _compute_midpoint(left_outer, left_inner),
        "eyeRight": _compute_midpoint(right_inner, right_outer),
        "nose": nose,
    }
    if all_landmarks:
        points |= {
            "leftEyeLeft": left_outer,
            "leftEyeRight": left_inner,
            "rightEyeLeft": right_inner,
            "rightEyeRight": right_outer,
        }
    return [{"Type": name, "X": x / face.image.width, "Y": y / face.image.height} for name, (x, y) in points.items()]


def estimate_pose(face: DetectedFace) -> dict[str, float]:
    """Roll and yaw in degrees: roll by the line between the eyes, yaw by the nose's distance from their midpoint.

    There is no pitch: it would need the mouth.
    """
    right_outer, right_inner, left_outer, left_inner, nose = face.points
    left, right = _compute_midpoint(left_outer, left_inner), _compute_midpoint(right_inner, right_outer)
    across, down = right[0] - left[0], right[1] - left[1]
    eye_distance = math.hypot(across, down) or 1.0
    middle = _compute_midpoint(left, right)
    nose_shift = ((nose[0] - middle[0]) * across + (nose[1] - middle[1]) * down) / eye_distance**2
    return {
        "Roll": math.degrees(math.atan2(down, across)),
        "Yaw": math.degrees(math.asin(max(-1.0, min(1.0, nose_shift / _NOSE_SHIFT_AT_90_DEGREES)))),
    }


def _compute_midpoint(first: Coordinates, second: Coordinates) -> Coordinates:
    return (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
