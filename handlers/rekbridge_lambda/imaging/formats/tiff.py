"""TIFF: the tags of the first page. EXIF blocks are small TIFF files."""

from typing import Literal

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader, ReadRange
from rekbridge_lambda.imaging.dimensions import orient_size
from rekbridge_lambda.imaging.formats.tiff_structure import check_structure

SUBFILE, WIDTH, HEIGHT, ORIENTATION, DNG_VERSION = 254, 256, 257, 274, 50706

BYTE_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II*\0": "little", b"MM\0*": "big"}

# Bytes per value of the types that these tags have: SHORT and LONG (BYTE for the DNG version).
VALUE_BYTES = {1: 1, 3: 2, 4: 4}


def read_header(reader: BoundedReader) -> ImageHeader:
    """Read the first page. Raises UnreadableImage for camera raw, whose first page is a preview."""
    tags = read_tags(reader.read_at)
    if DNG_VERSION in tags or tags.get(SUBFILE, 0) & 1:
        raise UnreadableImage("this TIFF begins with a preview, as camera raw files do; send JPEG, PNG or a plain TIFF")
    if WIDTH not in tags or HEIGHT not in tags:
        raise UnreadableImage("this TIFF lacks its width or height")
    check_structure(reader.read_at, reader.size)
    orientation = _validate_orientation(tags.get(ORIENTATION, 1))
    return ImageHeader("tiff", *orient_size(tags[WIDTH], tags[HEIGHT], orientation), orientation)


def read_tags(read: ReadRange) -> dict[int, int]:
    """The single numbers among the first directory's tags."""
    order = BYTE_ORDERS.get(read(0, 4))
    if order is None:
        raise UnreadableImage("this TIFF has an unknown byte order")
    directory = int.from_bytes(read(4, 4), order)
    count = int.from_bytes(read(directory, 2), order)
    entries = read(directory + 2, 12 * count)
    found: dict[int, int] = {}
    for at in range(0, len(entries), 12):
        tag, kind = (int.from_bytes(entries[start : start + 2], order) for start in (at, at + 2))
        if kind in VALUE_BYTES:
            found[tag] = int.from_bytes(entries[at + 8 : at + 8 + VALUE_BYTES[kind]], order)
    return found


def restrict_reads(read: ReadRange, start: int, length: int) -> ReadRange:
    """A read function for one part of a file, with offsets from the start of that part."""

    def within(offset: int, size: int) -> bytes:
        if offset + size > length:
            raise UnreadableImage("the EXIF block ends too early")
        return read(start + offset, size)

    return within


def read_orientation(read: ReadRange) -> int:
    """The orientation in an EXIF block; 1 for a block that cannot be read, as in every viewer."""
    try:
        return _validate_orientation(read_tags(read).get(ORIENTATION, 1))
    except UnreadableImage:
        return 1


def parse_orientation(exif: bytes) -> int:
    """The orientation in an EXIF block in memory."""
    return read_orientation(restrict_reads(lambda offset, size: exif[offset : offset + size], 0, len(exif)))


def build_orientation(orientation: int) -> bytes:
    """The smallest EXIF block, which holds nothing but an orientation."""
    tag = ORIENTATION.to_bytes(2) + b"\0\3" + b"\0\0\0\1" + orientation.to_bytes(2) + b"\0\0"
    return b"MM\0*" + b"\0\0\0\x08" + b"\0\1" + tag + b"\0\0\0\0"


def _validate_orientation(orientation: int) -> int:
    return orientation if 1 <= orientation <= 8 else 1
