"""PNG: its header, and the rewrite that keeps nothing but the picture."""

from typing import BinaryIO

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.imaging.bounded_reader import Ranges
from rekbridge_lambda.imaging.dimensions import Picture
from rekbridge_lambda.imaging.formats import tiff

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


def without_metadata(file: BinaryIO) -> bytes | None:
    """The same picture, pixel for pixel; None where it must be decoded: transparent, turned, or not whole."""
    pieces = [file.read(len(SIGNATURE))]
    while len(start := file.read(8)) == 8:
        kind, length = start[4:], int.from_bytes(start[:4]) + 4
        body = file.read(length)
        if len(body) < length or (kind == b"IEND" and length > 4):
            return None
        if kind == b"tRNS" or (kind == b"eXIf" and tiff.orientation_in(body[:-4]) != 1):
            return None
        # A small first letter marks what a decoder may ignore; a palette for RGB is but a suggestion.
        if kind not in KEPT and not kind[0] & 0x20 and kind != b"PLTE":
            return None
        if kind in KEPT:
            pieces += start, body
        if kind == b"IEND":
            return b"".join(pieces)
    return None
