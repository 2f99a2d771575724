"""GIF: the size of its canvas."""

from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader


def read_header(reader: BoundedReader) -> ImageHeader:
    """Read the size of the logical screen, on which the first frame is drawn."""
    size = reader.read_at(6, 4)
    return ImageHeader("gif", int.from_bytes(size[:2], "little"), int.from_bytes(size[2:], "little"))
