"""WebP: lossy, lossless and extended files store their size in three ways (RFC 9649)."""

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader


def read_header(reader: BoundedReader) -> ImageHeader:
    """Read the canvas size. EXIF comes after the image data; the decoder applies it."""
    head = reader.read_at(12, 18)
    kind, body = head[:4], head[8:]
    if kind == b"VP8X":
        return ImageHeader("webp", 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little"))
    if kind == b"VP8L" and body[0] == 0x2F:
        sides = int.from_bytes(body[1:5], "little")
        return ImageHeader("webp", 1 + (sides & 0x3FFF), 1 + (sides >> 14 & 0x3FFF))
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        sides = int.from_bytes(body[6:10], "little")
        return ImageHeader("webp", sides & 0x3FFF, sides >> 16 & 0x3FFF)
    raise UnreadableImage("this WebP does not begin with image data")
