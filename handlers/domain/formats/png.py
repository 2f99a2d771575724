"""PNG: its header, and the rewrite that keeps nothing but the picture."""

from handlers.domain.errors import UnreadableImage
from handlers.domain.formats import tiff
from handlers.domain.pictures import Picture
from handlers.domain.ranges import Ranges, Whole

SIGNATURE = b"\x89PNG\r\n\x1a\n"

GREY, RGB = 0, 2

# What decides about pixels and their colours; text, times, thumbnails and EXIF go.
KEPT = {b"IHDR", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT"}


def read(ranges: Ranges) -> Picture:
    """The header chunk tells all; eight bits of grey or RGB, not interlaced, are native."""
    header = ranges.take(8, 21)
    if header[:8] != b"\0\0\0\rIHDR":
        raise UnreadableImage("this PNG does not begin with its header")
    width, height = int.from_bytes(header[8:12]), int.from_bytes(header[12:16])
    depth, colour, interlaced = header[16], header[17], header[20]
    # A palette has eight bits too, but what it indexes may be anything: it is decoded like alpha and 16 bits.
    return Picture("png", width, height, native=depth == 8 and colour in (GREY, RGB) and not interlaced)


def without_metadata(data: Whole) -> bytes | None:
    """The same picture, pixel for pixel; None where it must be decoded: transparent, turned, or not whole."""
    view, pieces = memoryview(data), list[bytes | memoryview]([SIGNATURE])
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4])
        kind = data[at + 4 : at + 8]
        if kind == b"tRNS" or (kind == b"eXIf" and tiff.orientation_in(data[at + 8 : end - 4]) != 1):
            return None
        # A small second letter marks what a decoder may ignore.
        if kind not in KEPT and not kind[0] & 0x20 and kind != b"PLTE":
            return None
        if end > len(data):
            return None
        if kind in KEPT:
            pieces.append(view[at:end])
        if kind == b"IEND":
            return b"".join(pieces)
        at = end
    return None
