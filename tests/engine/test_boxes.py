"""Boxes in an image: the fraction of a box that lies in a region."""

import pytest
from rekbridge_engine.vision.boxes import BoundingBox, Coordinates, compute_fraction_inside

UNIT = BoundingBox(0.2, 0.2, 0.4, 0.4)
# Contains the box, except for a notch from the right side to the middle of the box.
NOTCHED = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.3), (0.4, 0.3), (0.4, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0)]


def build_rectangle(left: float, top: float, right: float, bottom: float) -> list[Coordinates]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        (build_rectangle(0, 0, 1, 1), 1),
        (build_rectangle(0.2, 0.2, 0.6, 0.6), 1),
        (build_rectangle(0.2, 0.2, 0.4, 0.6), 0.5),
        (build_rectangle(0.5, 0.5, 1, 1), 1 / 16),
        (build_rectangle(0.7, 0.7, 1, 1), 0),
        ([(0.2, 0.2), (0.6, 0.2), (0.2, 0.6)], 0.5),
        ([(0.2, 0.6), (0.6, 0.2), (0.2, 0.2)], 0.5),
        (NOTCHED, 0.75),
        ([(0.3, 0.3)], 0),
        ([], 0),
    ],
)
def test_fraction_inside_is_the_share_of_the_area_in_the_region(region: list[Coordinates], expected: float) -> None:
    assert compute_fraction_inside(UNIT, region) == pytest.approx(expected)


def test_fraction_inside_of_a_box_without_area_is_zero() -> None:
    assert compute_fraction_inside(BoundingBox(0.2, 0.2, 0, 0.4), build_rectangle(0, 0, 1, 1)) == 0
