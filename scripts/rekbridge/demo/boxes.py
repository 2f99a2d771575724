"""Extracts from Rekognition's raw responses what can be drawn on the image, and where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

type Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """One thing on an image. `corners` are clockwise from the top left, as fractions of the upright image's size."""

    operation: str
    caption: str
    confidence: float
    corners: tuple[Point, ...]

    def scale_corners(self, width: int, height: int) -> list[Point]:
        """Return the corners in pixels of an image of this size."""
        return [(x * width, y * height) for x, y in self.corners]


def extract_boxes(operation: str, response: Mapping[str, Any]) -> list[Box]:
    """Extract the boxes from a response. Things with the same corners share one box."""
    boxes: dict[tuple[Point, ...], Box] = {}
    for box in EXTRACTORS[operation](response):
        same = boxes.get(box.corners)
        caption = f"{same.caption} + {box.caption}" if same else box.caption
        boxes[box.corners] = Box(operation, caption, box.confidence, box.corners)
    return list(boxes.values())


def list_unplaced_labels(response: Mapping[str, Any]) -> list[str]:
    """The labels of DetectLabels' response that have no box, each with its confidence, in the response's order."""
    return [f"{label['Name']}, {label['Confidence']:.1f} %" for label in response["Labels"] if not label["Instances"]]


def _extract_faces(response: Mapping[str, Any]) -> Iterator[Box]:
    for face in response["FaceDetails"]:
        yield Box("faces", "face", face["Confidence"], _compute_corners(face["BoundingBox"]))


def _extract_text_lines(response: Mapping[str, Any]) -> Iterator[Box]:
    for text in response["TextDetections"]:
        if text["Type"] == "LINE":
            corners = tuple((point["X"], point["Y"]) for point in text["Geometry"]["Polygon"])
            yield Box("text", text["DetectedText"], text["Confidence"], corners)


def _extract_labels(response: Mapping[str, Any]) -> Iterator[Box]:
    for label in response["Labels"]:
        for instance in label["Instances"]:
            yield Box("labels", label["Name"], instance["Confidence"], _compute_corners(instance["BoundingBox"]))


def _compute_corners(box: Mapping[str, float]) -> tuple[Point, ...]:
    left, top, right, bottom = box["Left"], box["Top"], box["Left"] + box["Width"], box["Top"] + box["Height"]
    return (left, top), (right, top), (right, bottom), (left, bottom)


EXTRACTORS = {"faces": _extract_faces, "labels": _extract_labels, "text": _extract_text_lines}
