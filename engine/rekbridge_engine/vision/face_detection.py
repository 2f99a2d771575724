"""DetectFaces, and the format of a face in other operations' responses.

What the mesh does not show is left out: age, gender, emotions, glasses, beard, mustache, occlusion, eye direction.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from rekbridge_engine.vision import faces, quality
from rekbridge_engine.vision.boxes import Coordinates
from rekbridge_engine.vision.detected_faces import DetectedFace
from rekbridge_engine.vision.face_mesh import find_mesh
from rekbridge_engine.vision.face_traits import Trait, judge_eyes_open, judge_mouth_open, judge_smile
from rekbridge_engine.vision.images import DecodedImage
from rekbridge_engine.vision.mesh_geometry import DEFAULT_LANDMARKS, find_landmarks, measure_pose
from rekbridge_engine.vision.similarity import FloatArray

# The attribute of a request, the member of the response, and how it is judged.
_TRAITS: Sequence[tuple[str, str, Callable[[FloatArray], Trait]]] = (
    ("SMILE", "Smile", judge_smile),
    ("EYES_OPEN", "EyesOpen", judge_eyes_open),
    ("MOUTH_OPEN", "MouthOpen", judge_mouth_open),
)


def detect_faces(images: Sequence[DecodedImage], settings: dict[str, Any]) -> dict[str, Any]:
    """Handle DetectFaces. As with AWS, DEFAULT is always included, and only ALL adds landmarks."""
    attributes = settings.get("Attributes", [])
    return {"FaceDetails": [format_face(face, attributes) for face in faces.find_faces(images[0])]}


def format_face(face: DetectedFace, attributes: Collection[str] = ()) -> dict[str, Any]:
    """Rekognition's FaceDetail with these attributes; without any also its ComparedFace.

    A face without a mesh has box, confidence, quality and CenterFace's five points, but neither pose nor attributes.
    """
    mesh, crop = find_mesh(face), face.crop
    formatted = {
        "BoundingBox": face.box.to_dict(),
        "Confidence": face.confidence,
        "Quality": {"Brightness": quality.measure_brightness(crop), "Sharpness": quality.measure_sharpness(crop)},
    }
    if mesh is None:
        points = dict(zip(DEFAULT_LANDMARKS, order_points(face.points), strict=True))
        return formatted | {"Landmarks": _format_landmarks(points, face.image)}
    landmarks, pose = find_landmarks(mesh), measure_pose(mesh)
    if "ALL" not in attributes:
        landmarks = {name: landmarks[name] for name in DEFAULT_LANDMARKS}
    traits = {
        member: {"Value": trait.value, "Confidence": trait.confidence}
        for attribute, member, judge in _TRAITS
        if (attribute in attributes or "ALL" in attributes) and (trait := judge(mesh))
    }
    return (
        formatted
        | traits
        | {
            "Landmarks": _format_landmarks(landmarks, face.image),
            "Pose": {"Roll": pose.roll, "Yaw": pose.yaw, "Pitch": pose.pitch},
        }
    )


def order_points(points: Sequence[Coordinates]) -> tuple[Coordinates, ...]:
    """CenterFace's eyes, nose and corners of the mouth in the order of AWS's five landmarks."""
    left_eye, right_eye, nose, left_corner, right_corner = points
    return left_eye, right_eye, left_corner, right_corner, nose


def _format_landmarks(landmarks: Mapping[str, Coordinates], image: DecodedImage) -> list[dict[str, Any]]:
    return [{"Type": name, "X": x / image.width, "Y": y / image.height} for name, (x, y) in landmarks.items()]
