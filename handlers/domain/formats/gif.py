"""GIF: the size of its canvas."""

from handlers.domain.pictures import Picture
from handlers.domain.ranges import Ranges


def read(ranges: Ranges) -> Picture:
    """The logical screen, which the first frame is drawn on."""
    size = ranges.take(6, 4)
    return Picture("gif", int.from_bytes(size[:2], "little"), int.from_bytes(size[2:], "little"))
