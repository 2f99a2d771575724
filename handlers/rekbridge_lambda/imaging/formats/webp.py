"""WebP: lossy, lossless and extended files tell their size in three ways (RFC 9649)."""

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.imaging.bounded_reader import Ranges
from rekbridge_lambda.imaging.dimensions import Picture


def read(ranges: Ranges) -> Picture:
    """The canvas. Its EXIF lies behind the picture: the decoder honours it."""
    head = ranges.take(12, 18)
    kind, body = head[:4], head[8:]
    if kind == b"VP8X":
        return Picture("webp", 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little"))
    if kind == b"VP8L" and body[0] == 0x2F:
        sides = int.from_bytes(body[1:5], "little")
        return Picture("webp", 1 + (sides & 0x3FFF), 1 + (sides >> 14 & 0x3FFF))
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        sides = int.from_bytes(body[6:10], "little")
        return Picture("webp", sides & 0x3FFF, sides >> 16 & 0x3FFF)
    raise UnreadableImage("this WebP does not begin with a picture")
