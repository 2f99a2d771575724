"""What Rekognition saw and where, out of its raw answers; places are fractions of the picture as displayed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

type Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """One thing and its corners, clockwise from the top left."""

    operation: str
    caption: str
    confidence: float
    corners: tuple[Point, ...]

    def scaled(self, width: int, height: int) -> list[Point]:
        """The corners in pixels of a picture of that size."""
        return [(x * width, y * height) for x, y in self.corners]


def boxes(operation: str, answer: Mapping[str, Any]) -> list[Box]:
    """What can be drawn of one answer; things in the same place are one box."""
    found: dict[tuple[Point, ...], Box] = {}
    for box in READERS[operation](answer):
        same = found.get(box.corners)
        captions = f"{same.caption} + {box.caption}" if same else box.caption
        found[box.corners] = Box(operation, captions, box.confidence, box.corners)
    return list(found.values())


def _faces(answer: Mapping[str, Any]) -> Iterator[Box]:
    for face in answer["FaceDetails"]:
        yield Box("faces", "face", face["Confidence"], _corners(face["BoundingBox"]))


def _lines(answer: Mapping[str, Any]) -> Iterator[Box]:
    for text in answer["TextDetections"]:
        if text["Type"] == "LINE":
            corners = tuple((point["X"], point["Y"]) for point in text["Geometry"]["Polygon"])
            yield Box("text", text["DetectedText"], text["Confidence"], corners)


def _labels(answer: Mapping[str, Any]) -> Iterator[Box]:
    for label in answer["Labels"]:
        for instance in label["Instances"]:
            yield Box("labels", label["Name"], instance["Confidence"], _corners(instance["BoundingBox"]))


def _corners(box: Mapping[str, float]) -> tuple[Point, ...]:
    left, top, right, bottom = box["Left"], box["Top"], box["Left"] + box["Width"], box["Top"] + box["Height"]
    return (left, top), (right, top), (right, bottom), (left, bottom)


READERS = {"faces": _faces, "labels": _labels, "text": _lines}
