"""Boxes and polygons in an image. Coordinates are fractions of the displayed width and height, 0 to 1."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

type Coordinates = tuple[float, float]


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """A rectangle parallel to the image's sides."""

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def enclose(cls, points: Iterable[Coordinates]) -> Self:
        """The smallest box that contains all points."""
        xs, ys = zip(*points, strict=True)
        return cls(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    @property
    def right(self) -> float:
        """The right side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The bottom side."""
        return self.top + self.height

    @property
    def area(self) -> float:
        """The fraction of the image that it covers."""
        return self.width * self.height

    def compute_overlap(self, other: Self) -> float:
        """Intersection over union: 1 for equal boxes, 0 for separate ones."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        intersection = max(0.0, across) * max(0.0, down)
        union = self.area + other.area - intersection
        return intersection / union if union else 0.0

    def expand(self, fraction: float) -> "BoundingBox":
        """The box with the same center and each side longer by this fraction, clipped to the image."""
        left, top = max(0.0, self.left - self.width * fraction / 2), max(0.0, self.top - self.height * fraction / 2)
        right = min(1.0, self.right + self.width * fraction / 2)
        bottom = min(1.0, self.bottom + self.height * fraction / 2)
        return BoundingBox(left, top, right - left, bottom - top)

    def to_dict(self) -> dict[str, float]:
        """Rekognition's BoundingBox."""
        return {"Width": self.width, "Height": self.height, "Left": self.left, "Top": self.top}


def parse_box(box: dict[str, float]) -> BoundingBox:
    """Read a BoundingBox of a request; a missing member is 0, as with AWS."""
    return BoundingBox(box.get("Left", 0), box.get("Top", 0), box.get("Width", 0), box.get("Height", 0))


def compute_fraction_inside(box: BoundingBox, polygon: Sequence[Coordinates]) -> float:
    """The fraction of a box's area inside a polygon, 0 to 1. Clips the polygon to the box (Sutherland-Hodgman)."""
    clipped = list(polygon)
    for axis, minimum, maximum in ((0, box.left, box.right), (1, box.top, box.bottom)):
        clipped = list(_clip(clipped, axis, minimum, 1))
        clipped = list(_clip(clipped, axis, maximum, -1))
    doubled_area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*clipped, *clipped[:1]]))
    return abs(doubled_area) / 2 / box.area if box.area else 0.0


def _clip(polygon: Sequence[Coordinates], axis: int, limit: float, direction: int) -> Iterator[Coordinates]:
    """The part of a polygon where the coordinate on an axis is at least the limit (direction 1), or at most (-1)."""
    for start, end in pairwise([*polygon[-1:], *polygon]):
        start_distance, end_distance = (direction * (point[axis] - limit) for point in (start, end))
        if (start_distance < 0) != (end_distance < 0):
            ratio = start_distance / (start_distance - end_distance)
            yield start[0] + ratio * (end[0] - start[0]), start[1] + ratio * (end[1] - start[1])
        if end_distance >= 0:
            yield end


def format_geometry(polygon: Sequence[Coordinates]) -> dict[str, Any]:
    """Rekognition's Geometry: a polygon and its bounding box."""
    return {"BoundingBox": BoundingBox.enclose(polygon).to_dict(), "Polygon": [{"X": x, "Y": y} for x, y in polygon]}
