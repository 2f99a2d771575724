"""DetectFaces, and a face as the other operations show it. What five landmarks cannot tell is left out."""

import math
from collections.abc import Sequence
from typing import Any

from engine.vision import faces, quality
from engine.vision.boxes import Point
from engine.vision.faces import Face
from engine.vision.picture import Picture

# How far the nose moves off the middle of the eyes, in eye distances, when the head turns by a right angle.
_NOSE_REACH = 0.65


def detect(pictures: Sequence[Picture], settings: dict[str, Any]) -> dict[str, Any]:
    """Answer DetectFaces. AWS: of the attributes, only ALL changes the landmarks; [ALL, DEFAULT] means ALL."""
    everything = "ALL" in settings.get("Attributes", [])
    return {
        "FaceDetails": [compared(face) | {"Landmarks": landmarks(face, everything)} for face in faces.find(pictures[0])]
    }


def compared(face: Face) -> dict[str, Any]:
    """What every operation tells of a face: Rekognition's ComparedFace."""
    return {
        "BoundingBox": face.box.answer(),
        "Confidence": face.confidence,
        "Landmarks": landmarks(face, everything=False),
        "Pose": pose(face),
        "Quality": {"Brightness": quality.brightness(face.part), "Sharpness": quality.sharpness(face.part)},
    }


def landmarks(face: Face, everything: bool) -> list[dict[str, Any]]:
    """Eyes and nose; with everything, the corners of the eyes too. Left is the left of the picture, as AWS has it."""
    right_outer, right_inner, left_outer, left_inner, nose = face.points
    places = {"eyeLeft": _middle(left_outer, left_inner), "eyeRight": _middle(right_inner, right_outer), "nose": nose}
    if everything:
        places |= {
            "leftEyeLeft": left_outer,
            "leftEyeRight": left_inner,
            "rightEyeLeft": right_inner,
            "rightEyeRight": right_outer,
        }
    return [
        {"Type": name, "X": x / face.picture.width, "Y": y / face.picture.height} for name, (x, y) in places.items()
    ]


def pose(face: Face) -> dict[str, float]:
    """Roll from the line of the eyes, yaw from the nose's distance to their middle; pitch would need a mouth."""
    right_outer, right_inner, left_outer, left_inner, nose = face.points
    left, right = _middle(left_outer, left_inner), _middle(right_inner, right_outer)
    across, down = right[0] - left[0], right[1] - left[1]
    apart = math.hypot(across, down) or 1.0
    middle = _middle(left, right)
    aside = ((nose[0] - middle[0]) * across + (nose[1] - middle[1]) * down) / apart**2
    return {
        "Roll": math.degrees(math.atan2(down, across)),
        "Yaw": math.degrees(math.asin(max(-1.0, min(1.0, aside / _NOSE_REACH)))),
    }


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
