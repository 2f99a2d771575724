"""BMP: the size follows directly after the file header."""

from dataclasses import dataclass

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader

# Header length of OS/2 1.x, the only one with 16-bit sides; all others begin like the header of Windows 3.
OS2_HEADER_BYTES = 12
WINDOWS_HEADER_BYTES = range(16, 125)


def read_header(reader: BoundedReader) -> ImageHeader:
    """Read the size; a negative height means that the top row comes first."""
    header = int.from_bytes(reader.read_at(14, 4), "little")
    if header == OS2_HEADER_BYTES:
        size = reader.read_at(18, 4)
        return ImageHeader("bmp", int.from_bytes(size[:2], "little"), int.from_bytes(size[2:], "little"))
    if header not in WINDOWS_HEADER_BYTES:
        raise UnreadableImage("this begins like a BMP, but its header has an unknown length")
    size = reader.read_at(18, 8)
    width = int.from_bytes(size[:4], "little", signed=True)
    return ImageHeader("bmp", width, abs(int.from_bytes(size[4:], "little", signed=True)))


@dataclass(frozen=True, slots=True)
class PixelRows:
    """Where the rows of an uncompressed 24-bit image are in the file, blue first."""

    offset: int
    stride: int
    bottom_up: bool


def locate_rows(header: bytes, size: int) -> PixelRows | None:
    """How to read the file row by row; None for palettes, alpha, compression and truncated files."""
    depth, compression = int.from_bytes(header[28:30], "little"), int.from_bytes(header[30:34], "little")
    if int.from_bytes(header[14:18], "little") < 40 or depth != 24 or compression:
        return None
    width, height = (int.from_bytes(header[at : at + 4], "little", signed=True) for at in (18, 22))
    offset, stride = int.from_bytes(header[10:14], "little"), (3 * width + 3) // 4 * 4
    if offset + stride * abs(height) > size:
        return None
    return PixelRows(offset, stride, bottom_up=height > 0)
