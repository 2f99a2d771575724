"""Finding faces: dlib's HOG detector, OpenCV's Haar cascade as its second opinion, dlib's five landmarks."""

import importlib.util
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import dlib

from engine.vision.boxes import Box, Point
from engine.vision.picture import Picture

# A face of a twentieth of this is still found; twice the side costs four times the time.
_SIDE = 800
# Above this dlib is believed alone. A patch on a space suit reached 0.16, so that below it Haar must agree.
_SURE = 0.3
# What a face that only Haar saw must reach when dlib looks at an enlargement.
_CONFIRMED = -0.2
_SAME = 0.3
_ENLARGED_FACE = 120
_HAAR_STEP = 1.15
_SMALLEST = 24
# "DetectFaces detects the 100 largest faces in the image."
_MOST = 100


@dataclass(frozen=True, slots=True)
class Face:
    """A face: where it is, how sure we are of it, and dlib's five points in pixels of the picture it was found in."""

    box: Box
    confidence: float
    points: tuple[Point, ...]
    shape: Any
    picture: Picture

    @property
    def part(self) -> Picture:
        """The pixels of the face."""
        return self.picture.cut(self.box)


def find(picture: Picture) -> list[Face]:
    """The faces of a picture, the largest first."""
    small = picture.within(_SIDE)
    faces = [_face(box, score, small) for box, score in _agreed(small)]
    return sorted(faces, key=lambda face: face.box.area, reverse=True)[:_MOST]


def load() -> None:
    """Read the landmark model; the detectors are warmed by use."""
    _predictor()


def _agreed(picture: Picture) -> Iterator[tuple[Box, float]]:
    seconds = list(_haar(picture))
    firsts = [
        (box, score)
        for box, score in _hog(picture, upsampled=1, least=0.0)
        if score >= _SURE or any(box.overlap(second) >= _SAME for second in seconds)
    ]
    yield from firsts
    for second in seconds:
        if not any(second.overlap(box) >= _SAME for box, _ in firsts):
            yield from _confirmed(second, picture)


def _confirmed(box: Box, picture: Picture) -> Iterator[tuple[Box, float]]:
    """A face that only Haar saw, if dlib finds it in an enlargement too."""
    around = box.wider(1.0)
    part = picture.cut(around)
    scale = _ENLARGED_FACE / max(1.0, box.width * picture.width)
    size = max(1, round(part.width * scale)), max(1, round(part.height * scale))
    enlarged = Picture(cv2.resize(part.pixels, size, interpolation=cv2.INTER_CUBIC))
    for found, score in _hog(enlarged, upsampled=0, least=_CONFIRMED):
        placed = Box(
            around.left + found.left * around.width,
            around.top + found.top * around.height,
            found.width * around.width,
            found.height * around.height,
        )
        if placed.overlap(box) >= _SAME:
            yield placed, score
            return


def _hog(picture: Picture, upsampled: int, least: float) -> Iterator[tuple[Box, float]]:
    found, scores, _ = _detector().run(picture.pixels, upsampled, least)
    for place, score in zip(found, scores, strict=True):
        yield _box(place.left(), place.top(), place.width(), place.height(), picture), float(score)


def _haar(picture: Picture) -> Iterator[Box]:
    smallest = (_SMALLEST, _SMALLEST)
    for left, top, width, height in _cascade().detectMultiScale(picture.gray, _HAAR_STEP, 4, minSize=smallest):
        yield _box(left, top, width, height, picture)


def _face(box: Box, score: float, picture: Picture) -> Face:
    left, top = round(box.left * picture.width), round(box.top * picture.height)
    right, bottom = round(box.right * picture.width), round(box.bottom * picture.height)
    shape = _predictor()(picture.pixels, dlib.rectangle(left, top, right, bottom))
    points = tuple((float(part.x), float(part.y)) for part in shape.parts())
    return Face(box, _confidence(score), points, shape, picture)


def _confidence(score: float) -> float:
    """0 to 100, uncalibrated: a margin of dlib's classifier of 1 reads as 99.3, of 0 as 95.3."""
    return 100 / (1 + math.exp(-(3 + 2 * score)))


def _box(left: float, top: float, width: float, height: float, picture: Picture) -> Box:
    x1, y1 = max(0.0, left / picture.width), max(0.0, top / picture.height)
    x2, y2 = min(1.0, (left + width) / picture.width), min(1.0, (top + height) / picture.height)
    return Box(x1, y1, x2 - x1, y2 - y1)


@cache
def _detector() -> Any:
    return dlib.get_frontal_face_detector()


@cache
def _cascade() -> Any:
    return cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_alt2.xml")


@cache
def _predictor() -> Any:
    return dlib.shape_predictor(model("shape_predictor_5_face_landmarks.dat"))


def model(name: str) -> str:
    """The path of one of dlib's model files, found without importing the package that carries them.

    Its import needs pkg_resources. Only the five-point and recognition models may be used: both are CC0; the 68-point
    model was trained on pictures for research only.
    """
    package = importlib.util.find_spec("face_recognition_models")
    if package is None or package.origin is None:
        raise FileNotFoundError(f"face_recognition_models is not installed: {name} is missing")
    return str(Path(package.origin).with_name("models") / name)
