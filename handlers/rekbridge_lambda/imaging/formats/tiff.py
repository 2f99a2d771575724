"""TIFF: the tags of the first page; EXIF blocks are little TIFF files."""

from typing import Literal

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.imaging.bounded_reader import Ranges, Read
from rekbridge_lambda.imaging.dimensions import Picture, displayed

SUBFILE, WIDTH, HEIGHT, ORIENTATION, DNG_VERSION = 254, 256, 257, 274, 50706

BYTE_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II*\0": "little", b"MM\0*": "big"}

# Bytes of the value types that the tags above have: SHORT and LONG (BYTE for DNG's version).
VALUE_BYTES = {1: 1, 3: 2, 4: 4}


def read(ranges: Ranges) -> Picture:
    """The first page. Raises UnreadableImage for camera raw, whose first page is a preview."""
    found = tags(ranges.take)
    if DNG_VERSION in found or found.get(SUBFILE, 0) & 1:
        raise UnreadableImage("this TIFF begins with a preview, as camera raw files do; send JPEG, PNG or a plain TIFF")
    if WIDTH not in found or HEIGHT not in found:
        raise UnreadableImage("this TIFF does not tell its width and height")
    turned = _valid(found.get(ORIENTATION, 1))
    return Picture("tiff", *displayed(found[WIDTH], found[HEIGHT], turned), turned)


def tags(take: Read) -> dict[int, int]:
    """The single numbers among the first directory's tags."""
    order = BYTE_ORDERS.get(take(0, 4))
    if order is None:
        raise UnreadableImage("this TIFF has an unknown byte order")
    directory = int.from_bytes(take(4, 4), order)
    count = int.from_bytes(take(directory, 2), order)
    entries = take(directory + 2, 12 * count)
    found: dict[int, int] = {}
    for at in range(0, len(entries), 12):
        tag, kind = (int.from_bytes(entries[start : start + 2], order) for start in (at, at + 2))
        if kind in VALUE_BYTES:
            found[tag] = int.from_bytes(entries[at + 8 : at + 8 + VALUE_BYTES[kind]], order)
    return found


def inside(take: Read, start: int, length: int) -> Read:
    """Reads within one part of a file, counting from where that part begins."""

    def within(offset: int, size: int) -> bytes:
        if offset + size > length:
            raise UnreadableImage("the EXIF block ends too early")
        return take(start + offset, size)

    return within


def orientation(take: Read) -> int:
    """What an EXIF block asks for; one that cannot be read turns nothing, as in every viewer."""
    try:
        return _valid(tags(take).get(ORIENTATION, 1))
    except UnreadableImage:
        return 1


def orientation_in(exif: bytes) -> int:
    """The same of a block at hand."""
    return orientation(inside(lambda offset, size: exif[offset : offset + size], 0, len(exif)))


def _valid(orientation: int) -> int:
    return orientation if 1 <= orientation <= 8 else 1
