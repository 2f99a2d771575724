"""RecognizeCelebrities: compares every face with those of the gallery that the engine's user filled."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rekbridge_engine.celebrity_gallery import Celebrity
from rekbridge_engine.errors import ServiceError
from rekbridge_engine.vision import faces
from rekbridge_engine.vision.detected_faces import DetectedFace
from rekbridge_engine.vision.face_comparison import compute_similarity
from rekbridge_engine.vision.face_descriptors import compute_descriptors, measure_distances
from rekbridge_engine.vision.face_detection import format_face
from rekbridge_engine.vision.images import DecodedImage, decode_image
from rekbridge_engine.vision.similarity import FloatArray

log = logging.getLogger(__name__)

# The more faces a gallery has, the nearer is the nearest stranger: up to so many faces, this distance is a match.
_MAX_DISTANCES = ((100, 0.55), (1000, 0.5))
_MAX_DISTANCE_OF_LARGE_GALLERY = 0.45
# AWS: "up to 64 of the largest faces in the image".
_MAX_FACES = 64


@dataclass(slots=True)
class Gallery:
    """The celebrities of this process. Their faces are described at the first use."""

    celebrities: Sequence[Celebrity] = ()
    known_faces: tuple[Sequence[Celebrity], FloatArray] | None = None


GALLERY = Gallery()


def recognize_celebrities(images: Sequence[DecodedImage], _settings: dict[str, Any]) -> dict[str, Any]:
    """Handle RecognizeCelebrities. Without a gallery every face is unrecognized."""
    detected = faces.find_faces(images[0])[:_MAX_FACES]
    people = match_faces(detected)
    return {
        "CelebrityFaces": [
            _format_celebrity(face, *match) for face, match in zip(detected, people, strict=True) if match is not None
        ],
        "UnrecognizedFaces": [
            format_face(face, ["SMILE"]) for face, match in zip(detected, people, strict=True) if match is None
        ],
    }


def match_faces(detected: Sequence[DetectedFace]) -> list[tuple[Celebrity, float] | None]:
    """Find each face's nearest celebrity, with the similarity, 0 to 100; None if nobody is near enough."""
    if not detected or not GALLERY.celebrities:
        return [None] * len(detected)
    people, descriptors = _load_known_faces()
    if not people:
        return [None] * len(detected)
    max_distance = next(
        (distance for count, distance in _MAX_DISTANCES if len(people) <= count), _MAX_DISTANCE_OF_LARGE_GALLERY
    )
    matches: list[tuple[Celebrity, float] | None] = []
    for descriptor in compute_descriptors(detected):
        distances = measure_distances(descriptor, descriptors)
        nearest = int(distances.argmin())
        distance = float(distances[nearest])
        matches.append((people[nearest], compute_similarity(distance)) if distance <= max_distance else None)
    return matches


def _load_known_faces() -> tuple[Sequence[Celebrity], FloatArray]:
    """The celebrity of each usable photograph, and the descriptors of their faces."""
    if GALLERY.known_faces is None:
        pairs = list(_describe_photos())
        descriptors = np.array([descriptor for _, descriptor in pairs]).reshape(-1, 128)
        GALLERY.known_faces = [celebrity for celebrity, _ in pairs], descriptors
    return GALLERY.known_faces


def _describe_photos() -> Iterator[tuple[Celebrity, FloatArray]]:
    """Describe the largest face of every photograph. One that shows no face is left out, with a warning."""
    for celebrity in GALLERY.celebrities:
        for photo in celebrity.photos:
            try:
                found = faces.find_faces(decode_image(photo.read_bytes(), 1, None))
            except (OSError, ServiceError) as error:
                log.warning("%s of the celebrities cannot be read and is left out: %s", photo, error)
                continue
            if not found:
                log.warning("%s of the celebrities shows no face and is left out", photo)
                continue
            yield celebrity, compute_descriptors(found[:1])[0]


def _format_celebrity(face: DetectedFace, celebrity: Celebrity, similarity: float) -> dict[str, Any]:
    gender = {"KnownGender": {"Type": celebrity.known_gender}} if celebrity.known_gender else {}
    return {
        "Name": celebrity.name,
        "Id": celebrity.id,
        "Urls": list(celebrity.urls),
        "MatchConfidence": similarity,
        "Face": format_face(face, ["SMILE"]),
        **gender,
    }
