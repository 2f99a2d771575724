"""Places in a picture: how much of a box lies in a region."""

import pytest

from engine.vision.boxes import Box, Point, share

UNIT = Box(0.2, 0.2, 0.4, 0.4)
# Around the box but for a notch from the right to its middle.
NOTCHED = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.3), (0.4, 0.3), (0.4, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0)]


def rectangle(left: float, top: float, right: float, bottom: float) -> list[Point]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        (rectangle(0, 0, 1, 1), 1),
        (rectangle(0.2, 0.2, 0.6, 0.6), 1),
        (rectangle(0.2, 0.2, 0.4, 0.6), 0.5),
        (rectangle(0.5, 0.5, 1, 1), 1 / 16),
        (rectangle(0.7, 0.7, 1, 1), 0),
        ([(0.2, 0.2), (0.6, 0.2), (0.2, 0.6)], 0.5),
        ([(0.2, 0.6), (0.6, 0.2), (0.2, 0.2)], 0.5),
        (NOTCHED, 0.75),
        ([(0.3, 0.3)], 0),
        ([], 0),
    ],
)
def test_the_share_of_a_box_in_a_region_is_its_area_there(region: list[Point], expected: float) -> None:
    assert share(UNIT, region) == pytest.approx(expected)


def test_a_box_without_area_lies_nowhere() -> None:
    assert share(Box(0.2, 0.2, 0, 0.4), rectangle(0, 0, 1, 1)) == 0
