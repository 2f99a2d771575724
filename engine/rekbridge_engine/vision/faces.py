"""Find faces with dlib's HOG detector, checked by OpenCV's Haar cascade; find dlib's five landmarks of each."""

import importlib.util
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import dlib

from rekbridge_engine.vision.boxes import BoundingBox, Coordinates
from rekbridge_engine.vision.images import DecodedImage

# At this side, faces down to a twentieth of the image are found. Twice the side would take four times as long.
_ANALYSIS_SIDE = 800
# From this HOG score on, Haar need not agree. A false positive (a patch on a space suit) reached 0.16.
_CERTAIN_HOG_SCORE = 0.3
# A face that only Haar found must reach this HOG score in an enlarged crop.
_MIN_CONFIRMING_SCORE = -0.2
# From this intersection over union on, two boxes count as the same face.
_SAME_FACE_OVERLAP = 0.3
_ENLARGED_FACE_WIDTH = 120
_HAAR_SCALE_STEP = 1.15
_MIN_HAAR_SIDE = 24
# AWS: "DetectFaces detects the 100 largest faces in the image."
_MAX_FACES = 100


@dataclass(frozen=True, slots=True)
class DetectedFace:
    """A face: box, confidence (0 to 100), and dlib's five points in pixels of `image`."""

    box: BoundingBox
    confidence: float
    points: tuple[Coordinates, ...]
    shape: Any
    image: DecodedImage

    @property
    def crop(self) -> DecodedImage:
        """The part of the image inside the face's box."""
        return self.image.crop(self.box)


def find_faces(image: DecodedImage) -> list[DetectedFace]:
    """Find the faces of an image, the largest first."""
    small = image.shrink_to_fit(_ANALYSIS_SIDE)
    faces = [_build_face(box, score, small) for box, score in _find_boxes(small)]
    return sorted(faces, key=lambda face: face.box.area, reverse=True)[:_MAX_FACES]


def load_models() -> None:
    """Load the landmark model. The detectors load at their first use."""
    _load_landmark_predictor()


def _find_boxes(image: DecodedImage) -> Iterator[tuple[BoundingBox, float]]:
    haar_boxes = list(_run_haar(image))
    hog_boxes = [
        (box, score)
        for box, score in _run_hog(image, upsampling=1, min_score=0.0)
        if score >= _CERTAIN_HOG_SCORE
        or any(box.compute_overlap(haar_box) >= _SAME_FACE_OVERLAP for haar_box in haar_boxes)
    ]
    yield from hog_boxes
    for haar_box in haar_boxes:
        if not any(haar_box.compute_overlap(box) >= _SAME_FACE_OVERLAP for box, _ in hog_boxes):
            yield from _confirm_haar_box(haar_box, image)


def _confirm_haar_box(box: BoundingBox, image: DecodedImage) -> Iterator[tuple[BoundingBox, float]]:
    """Search an enlarged crop for a face that only Haar found, with the HOG detector; yield it if it is there."""
    region = box.expand(1.0)
    crop = image.crop(region)
    scale = _ENLARGED_FACE_WIDTH / max(1.0, box.width * image.width)
    size = max(1, round(crop.width * scale)), max(1, round(crop.height * scale))
    enlarged = DecodedImage(cv2.resize(crop.pixels, size, interpolation=cv2.INTER_CUBIC))
    for box_in_crop, score in _run_hog(enlarged, upsampling=0, min_score=_MIN_CONFIRMING_SCORE):
        box_in_image = BoundingBox(
            region.left + box_in_crop.left * region.width,
            region.top + box_in_crop.top * region.height,
            box_in_crop.width * region.width,
            box_in_crop.height * region.height,
        )
        if box_in_image.compute_overlap(box) >= _SAME_FACE_OVERLAP:
            yield box_in_image, score
            return


def _run_hog(image: DecodedImage, upsampling: int, min_score: float) -> Iterator[tuple[BoundingBox, float]]:
    rectangles, scores, _ = _load_hog_detector().run(image.pixels, upsampling, min_score)
    for rectangle, score in zip(rectangles, scores, strict=True):
        box = _to_box(rectangle.left(), rectangle.top(), rectangle.width(), rectangle.height(), image)
        yield box, float(score)


def _run_haar(image: DecodedImage) -> Iterator[BoundingBox]:
    min_size = (_MIN_HAAR_SIDE, _MIN_HAAR_SIDE)
    for left, top, width, height in _load_haar_cascade().detectMultiScale(
        image.gray, _HAAR_SCALE_STEP, 4, minSize=min_size
    ):
        yield _to_box(left, top, width, height, image)


def _build_face(box: BoundingBox, score: float, image: DecodedImage) -> DetectedFace:
    left, top = round(box.left * image.width), round(box.top * image.height)
    right, bottom = round(box.right * image.width), round(box.bottom * image.height)
    shape = _load_landmark_predictor()(image.pixels, dlib.rectangle(left, top, right, bottom))
    points = tuple((float(point.x), float(point.y)) for point in shape.parts())
    return DetectedFace(box, _compute_confidence(score), points, shape, image)


def _compute_confidence(score: float) -> float:
    """The confidence, 0 to 100, of a HOG score. Not calibrated: a score of 1 gives 99.3, a score of 0 gives 95.3."""
    return 100 / (1 + math.exp(-(3 + 2 * score)))


def _to_box(left: float, top: float, width: float, height: float, image: DecodedImage) -> BoundingBox:
    x1, y1 = max(0.0, left / image.width), max(0.0, top / image.height)
    x2, y2 = min(1.0, (left + width) / image.width), min(1.0, (top + height) / image.height)
    return BoundingBox(x1, y1, x2 - x1, y2 - y1)


@cache
def _load_hog_detector() -> Any:
    return dlib.get_frontal_face_detector()


@cache
def _load_haar_cascade() -> Any:
    return cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_alt2.xml")


@cache
def _load_landmark_predictor() -> Any:
    return dlib.shape_predictor(find_model_file("shape_predictor_5_face_landmarks.dat"))


def find_model_file(name: str) -> str:
    """Find the path of one of dlib's model files, without importing the package that contains them.

    The import would need pkg_resources. Use only the five-point and the recognition model: both are CC0. The 68-point
    model was trained on images that are licensed for research only.
    """
    package = importlib.util.find_spec("face_recognition_models")
    if package is None or package.origin is None:
        raise FileNotFoundError(f"{name} is missing: install face_recognition_models (engine/requirements.txt)")
    return str(Path(package.origin).with_name("models") / name)
