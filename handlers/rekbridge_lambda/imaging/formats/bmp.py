"""BMP: its size lies at once behind the file header."""

from dataclasses import dataclass

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.imaging.bounded_reader import Ranges
from rekbridge_lambda.imaging.dimensions import Picture

# Length of the header of OS/2 1.x, the only one with sides of 16 bits; all others begin like Windows 3's.
OS2 = 12
WINDOWS = range(16, 125)


def read(ranges: Ranges) -> Picture:
    """A negative height means that the top row comes first."""
    header = int.from_bytes(ranges.take(14, 4), "little")
    if header == OS2:
        size = ranges.take(18, 4)
        return Picture("bmp", int.from_bytes(size[:2], "little"), int.from_bytes(size[2:], "little"))
    if header not in WINDOWS:
        raise UnreadableImage("this begins like a BMP, but its header is of no known kind")
    size = ranges.take(18, 8)
    width = int.from_bytes(size[:4], "little", signed=True)
    return Picture("bmp", width, abs(int.from_bytes(size[4:], "little", signed=True)))


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the rows of an uncompressed picture of 24 bits lie, blue first."""

    offset: int
    stride: int
    bottom_up: bool


def rows(header: bytes, size: int) -> Rows | None:
    """How to read it row by row, by its first 54 bytes; None for palettes, alpha, compression and cut-off files."""
    depth, compression = int.from_bytes(header[28:30], "little"), int.from_bytes(header[30:34], "little")
    if int.from_bytes(header[14:18], "little") < 40 or depth != 24 or compression:
        return None
    width, height = (int.from_bytes(header[at : at + 4], "little", signed=True) for at in (18, 22))
    offset, stride = int.from_bytes(header[10:14], "little"), (3 * width + 3) // 4 * 4
    if offset + stride * abs(height) > size:
        return None
    return Rows(offset, stride, bottom_up=height > 0)
