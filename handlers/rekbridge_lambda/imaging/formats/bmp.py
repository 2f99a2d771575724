"""BMP: the size follows directly after the file header."""

import struct
from dataclasses import dataclass

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader

# Header length of OS/2 1.x, the only one with 16-bit sides; all others begin like the header of Windows 3.
OS2_HEADER_BYTES = 12
WINDOWS_HEADER_BYTES = range(16, 125)

DEPTHS = {1, 4, 8, 16, 24, 32}
NONE, BITFIELDS = 0, 3
MASKS_OFFSET = 54
# Three masks follow a header of 40 bytes; longer ones contain them.
OUTER_MASKS_BYTES = 12
# Red, green, blue and alpha. Pillow would ignore an alpha of 16 bits, which browsers show.
KNOWN_MASKS: dict[int, set[tuple[int, ...]]] = {
    16: {(0xF800, 0x7E0, 0x1F, 0), (0x7C00, 0x3E0, 0x1F, 0)},
    24: {(0xFF0000, 0xFF00, 0xFF, 0)},
    32: {
        (0xFF0000, 0xFF00, 0xFF, 0),
        (0xFF000000, 0xFF0000, 0xFF00, 0),
        (0xFF000000, 0xFF00, 0xFF, 0),
        (0xFF000000, 0xFF0000, 0xFF00, 0xFF),
        (0xFF, 0xFF00, 0xFF0000, 0xFF000000),
        (0xFF0000, 0xFF00, 0xFF, 0xFF000000),
        (0xFF000000, 0xFF00, 0xFF, 0xFF0000),
        (0, 0, 0, 0),
    },
}


def read_header(reader: BoundedReader) -> ImageHeader:
    """Read the size; a negative height means that the top row comes first.

    Raises UnreadableImage for pixels that the decoder does not read, or that it gets wrong.
    """
    header = int.from_bytes(reader.read_at(14, 4), "little")
    if header == OS2_HEADER_BYTES:
        size = reader.read_at(18, 8)
        _check_depth(size[6])
        _check_palette(reader, header, size[6], 0)
        _check_offset(reader, header, _measure_palette(header, size[6], 0))
        return ImageHeader("bmp", int.from_bytes(size[:2], "little"), int.from_bytes(size[2:4], "little"))
    if header not in WINDOWS_HEADER_BYTES:
        raise UnreadableImage("this begins like a BMP, but its header has an unknown length")
    size = reader.read_at(18, 8)
    if header >= 40:
        _check_pixels(reader, header)
    else:
        _check_offset(reader, header, 0)
    width = int.from_bytes(size[:4], "little", signed=True)
    return ImageHeader("bmp", width, abs(int.from_bytes(size[4:], "little", signed=True)))


def _check_pixels(reader: BoundedReader, header: int) -> None:
    info = reader.read_at(28, 22)
    depth, compression, used = (int.from_bytes(info[at:end], "little") for at, end in ((0, 2), (2, 6), (18, 22)))
    _check_depth(depth)
    masks_bytes = OUTER_MASKS_BYTES if compression == BITFIELDS and header == 40 else 0
    _check_offset(reader, header, masks_bytes + _measure_palette(header, depth, used))
    if compression == NONE:
        _check_palette(reader, header, depth, used)
    if compression == BITFIELDS and depth in KNOWN_MASKS:
        count = 4 if header >= 56 else 3
        masks = (*struct.unpack(f"<{count}I", reader.read_at(MASKS_OFFSET, 4 * count)), 0)[:4]
        if masks not in KNOWN_MASKS[depth]:
            listed = ", ".join(f"{mask:x}" for mask in masks)
            raise UnreadableImage(f"this BMP has the bit masks {listed}, which Rekbridge does not read; send 24 bits")


def _check_depth(depth: int) -> None:
    if depth not in DEPTHS:
        raise UnreadableImage(f"this BMP has {depth} bits a pixel; Rekbridge reads 1, 4, 8, 16, 24 and 32")


def _measure_palette(header: int, depth: int, used: int) -> int:
    """Bytes of the palette. One beside 16 bits or more is only a hint, and its number of colours is often wrong."""
    most = 1 << depth if depth <= 8 else 0
    return min(used or most, most) * (3 if header == OS2_HEADER_BYTES else 4)


def _check_offset(reader: BoundedReader, header: int, tables_bytes: int) -> None:
    """Decoders disagree about pixels that begin within the header, its masks or its palette, or at 0."""
    offset, end = int.from_bytes(reader.read_at(10, 4), "little"), 14 + header + tables_bytes
    if offset < end:
        raise UnreadableImage(f"this BMP says that its pixels begin at byte {offset}, but its header ends at {end}")


def _check_palette(reader: BoundedReader, header: int, depth: int, used: int) -> None:
    """Pillow 13 takes a palette of black and white, or of the first greys, for none, and then mistakes the depth."""
    count, entry = used or 1 << depth, 3 if header == OS2_HEADER_BYTES else 4
    if (depth, count) != (8, 2) and (depth != 4 or count > 16):
        return
    palette = reader.read_at(14 + header, entry * count)
    greys = (0, 255) if count == 2 else range(count)
    if [palette[at : at + 3] for at in range(0, len(palette), entry)] == [bytes((grey,) * 3) for grey in greys]:
        raise UnreadableImage(f"this BMP has {depth} bits a pixel for {count} greys; send it with 1 or 8 bits")


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
