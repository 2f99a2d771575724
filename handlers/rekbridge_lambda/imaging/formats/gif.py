"""GIF: the size of its canvas."""

from rekbridge_lambda.imaging.bounded_reader import Ranges
from rekbridge_lambda.imaging.dimensions import Picture


def read(ranges: Ranges) -> Picture:
    """The logical screen, which the first frame is drawn on."""
    size = ranges.take(6, 4)
    return Picture("gif", int.from_bytes(size[:2], "little"), int.from_bytes(size[2:], "little"))
