"""PNG: its header, and a copy without metadata."""

from typing import BinaryIO

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader
from rekbridge_lambda.imaging.formats import tiff

SIGNATURE = b"\x89PNG\r\n\x1a\n"

GREY, RGB = 0, 2

# Chunks that define pixels and colours; text, times, thumbnails and EXIF are removed.
KEPT_CHUNKS = {b"IHDR", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT"}


def read_header(reader: BoundedReader) -> ImageHeader:
    """Read the header chunk; 8-bit grey or RGB without interlacing is native."""
    header = reader.read_at(8, 21)
    if header[:8] != b"\0\0\0\rIHDR":
        raise UnreadableImage("this PNG does not begin with its header")
    width, height = int.from_bytes(header[8:12]), int.from_bytes(header[12:16])
    depth, colour, interlaced = header[16], header[17], header[20]
    # A palette has eight bits too, but its colours may be anything: it is decoded, like alpha and 16 bits.
    return ImageHeader("png", width, height, native=depth == 8 and colour in (GREY, RGB) and not interlaced)


def strip_metadata(file: BinaryIO) -> bytes | None:
    """The same pixels without metadata; None when it must be decoded: transparent, rotated, or truncated."""
    chunks = [file.read(len(SIGNATURE))]
    while len(start := file.read(8)) == 8:
        kind, length = start[4:], int.from_bytes(start[:4]) + 4
        body = file.read(length)
        if len(body) < length or (kind == b"IEND" and length > 4):
            return None
        if kind == b"tRNS" or (kind == b"eXIf" and tiff.parse_orientation(body[:-4]) != 1):
            return None
        # A lower-case first letter marks a chunk that a decoder may ignore; a palette for RGB is only a suggestion.
        if kind not in KEPT_CHUNKS and not kind[0] & 0x20 and kind != b"PLTE":
            return None
        if kind in KEPT_CHUNKS:
            chunks += start, body
        if kind == b"IEND":
            return b"".join(chunks)
    return None
