"""Places in a picture, as fractions of its displayed width and height."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

type Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle."""

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def around(cls, points: Iterable[Point]) -> Self:
        """The smallest box that holds all points."""
        xs, ys = zip(*points, strict=True)
        return cls(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.top + self.height

    @property
    def area(self) -> float:
        """Its share of the picture."""
        return self.width * self.height

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.left + self.width / 2, self.top + self.height / 2

    def overlap(self, other: Self) -> float:
        """Intersection over union: 1 for the same box, 0 for two apart."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        shared = max(0.0, across) * max(0.0, down)
        whole = self.area + other.area - shared
        return shared / whole if whole else 0.0

    def wider(self, share: float) -> "Box":
        """The same middle, each side longer by this share, no further than the picture."""
        left, top = max(0.0, self.left - self.width * share / 2), max(0.0, self.top - self.height * share / 2)
        right, bottom = min(1.0, self.right + self.width * share / 2), min(1.0, self.bottom + self.height * share / 2)
        return Box(left, top, right - left, bottom - top)

    def answer(self) -> dict[str, float]:
        """Rekognition's BoundingBox."""
        return {"Width": self.width, "Height": self.height, "Left": self.left, "Top": self.top}


def read(box: dict[str, float]) -> Box:
    """A box from a request; AWS takes a missing member as zero."""
    return Box(box.get("Left", 0), box.get("Top", 0), box.get("Width", 0), box.get("Height", 0))


def inside(point: Point, polygon: Sequence[Point]) -> bool:
    """Whether a point lies in a polygon (even-odd rule)."""
    x, y = point
    crossings = 0
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            crossings += 1
    return crossings % 2 == 1


def geometry(polygon: Sequence[Point]) -> dict[str, Any]:
    """Rekognition's Geometry: a polygon and the box around it."""
    return {"BoundingBox": Box.around(polygon).answer(), "Polygon": [{"X": x, "Y": y} for x, y in polygon]}
