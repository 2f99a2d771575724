"""What the 468 points of a face's mesh say: Rekognition's landmarks and the pose of the head.

Points are x, y and depth in pixels of the image; what is nearer has less depth. Left is the left of the image.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rekbridge_engine.vision.boxes import Coordinates
from rekbridge_engine.vision.similarity import FloatArray

# The points of the mesh whose mean is the landmark. Brows and jaw are the nearest ones that the mesh has.
LANDMARK_POINTS: Mapping[str, tuple[int, ...]] = {
    "eyeLeft": (33, 133, 159, 145),
    "eyeRight": (362, 263, 386, 374),
    "mouthLeft": (61,),
    "mouthRight": (291,),
    "nose": (1,),
    "leftEyeBrowLeft": (70,),
    "leftEyeBrowRight": (107,),
    "leftEyeBrowUp": (105,),
    "rightEyeBrowLeft": (336,),
    "rightEyeBrowRight": (300,),
    "rightEyeBrowUp": (334,),
    "leftEyeLeft": (33,),
    "leftEyeRight": (133,),
    "leftEyeUp": (159,),
    "leftEyeDown": (145,),
    "rightEyeLeft": (362,),
    "rightEyeRight": (263,),
    "rightEyeUp": (386,),
    "rightEyeDown": (374,),
    "noseLeft": (129,),
    "noseRight": (358,),
    "mouthUp": (0,),
    "mouthDown": (17,),
    "leftPupil": (33, 133, 159, 145),
    "rightPupil": (362, 263, 386, 374),
    "upperJawlineLeft": (127,),
    "midJawlineLeft": (172,),
    "chinBottom": (152,),
    "midJawlineRight": (397,),
    "upperJawlineRight": (356,),
}
# AWS: these five belong to DEFAULT.
DEFAULT_LANDMARKS = ("eyeLeft", "eyeRight", "mouthLeft", "mouthRight", "nose")
_LEFT_CHEEK, _RIGHT_CHEEK, _FOREHEAD, _CHIN = 234, 454, 10, 152
# In a face that looks straight ahead the chin lies farther back than the forehead, by this many degrees.
_LEVEL_LEAN = 10.0


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Degrees. Positive is clockwise (roll), turned to the right of the image (yaw) and looking up (pitch)."""

    roll: float
    yaw: float
    pitch: float


def find_landmarks(points: FloatArray) -> dict[str, Coordinates]:
    """Find Rekognition's 30 landmarks, in pixels."""
    means = {name: points[list(numbers), :2].mean(axis=0) for name, numbers in LANDMARK_POINTS.items()}
    return {name: (float(x), float(y)) for name, (x, y) in means.items()}


def measure_pose(points: FloatArray) -> HeadPose:
    """Measure the pose by two lines: from cheek to cheek, and from forehead to chin."""
    across, down = points[_RIGHT_CHEEK] - points[_LEFT_CHEEK], points[_CHIN] - points[_FOREHEAD]
    roll = math.atan2(across[1], across[0])
    back = np.cross(across, down)
    # Yaw and pitch are those of the face without its roll.
    right, low, far = back @ _turn_clockwise(roll) / (np.linalg.norm(back) or 1.0)
    return HeadPose(
        roll=math.degrees(roll),
        yaw=math.degrees(math.atan2(-right, far)),
        pitch=math.degrees(math.asin(float(np.clip(low, -1, 1)))) + _LEVEL_LEAN,
    )


def _turn_clockwise(angle: float) -> FloatArray:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
