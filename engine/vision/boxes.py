"""Places in a picture, as fractions of its displayed width and height."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
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


def share(box: Box, polygon: Sequence[Point]) -> float:
    """How much of a box lies in a polygon, 0 to 1: the polygon is cut along the box's sides (Sutherland-Hodgman)."""
    left = list(polygon)
    for axis, least, most in ((0, box.left, box.right), (1, box.top, box.bottom)):
        left = list(_cut(left, axis, least, 1))
        left = list(_cut(left, axis, most, -1))
    doubled = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*left, *left[:1]]))
    return abs(doubled) / 2 / box.area if box.area else 0.0


def _cut(polygon: Sequence[Point], axis: int, at: float, side: int) -> Iterator[Point]:
    """What of a polygon lies beyond a line across an axis (side 1), or before it (-1)."""
    for here, there in pairwise([*polygon[-1:], *polygon]):
        before, after = (side * (point[axis] - at) for point in (here, there))
        if (before < 0) != (after < 0):
            way = before / (before - after)
            yield here[0] + way * (there[0] - here[0]), here[1] + way * (there[1] - here[1])
        if after >= 0:
            yield there


def geometry(polygon: Sequence[Point]) -> dict[str, Any]:
    """Rekognition's Geometry: a polygon and the box around it."""
    return {"BoundingBox": Box.around(polygon).answer(), "Polygon": [{"X": x, "Y": y} for x, y in polygon]}
