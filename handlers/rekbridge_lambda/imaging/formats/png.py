"""PNG: its header, and its chunks (W3C PNG, third edition)."""

import zlib
from typing import BinaryIO, NamedTuple

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader
from rekbridge_lambda.imaging.formats import tiff

SIGNATURE = b"\x89PNG\r\n\x1a\n"

GREY, RGB, PALETTE = 0, 2, 3

# Encoders write some 8 KB into each; following millions of tiny ones would cost far more than the picture.
MAX_CHUNKS = 100_000
# What these say is in png_colour.py, which is loaded for those files only that have one.
COLOUR_CHUNKS = {b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM"}
# The chunks that are read, apart from the image data. All but the orientation count only before it.
READ_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"eXIf", *COLOUR_CHUNKS}
MAX_READ_BYTES = 8 * 1024 * 1024


class PngChunks(NamedTuple):
    """What a PNG has: the bodies of the chunks that matter, and where its image data is.

    `data` is the places of the bodies of the first unbroken row of IDAT chunks: decoders stop at its end. `is_usual`
    is false for a file without an end, and for one with a critical chunk of an unknown kind.
    """

    bodies: dict[bytes, bytes]
    data: list[range]
    is_usual: bool

    @property
    def orientation(self) -> int:
        """The EXIF orientation, 1 to 8."""
        exif = self.bodies.get(b"eXIf", b"")
        while exif.startswith(tiff.EXIF_HEADER):
            exif = exif.removeprefix(tiff.EXIF_HEADER)
        return tiff.parse_orientation(exif)


def read_header(reader: BoundedReader) -> ImageHeader:
    """Read the header chunk; 8-bit grey or RGB without interlacing is native."""
    header = reader.read_at(8, 21)
    if header[:8] != b"\0\0\0\rIHDR":
        raise UnreadableImage("this PNG does not begin with its header")
    width, height = int.from_bytes(header[8:12]), int.from_bytes(header[12:16])
    depth, colour, interlaced = header[16], header[17], header[20]
    # A palette has eight bits too, but its colours may be anything: it is decoded, like alpha and 16 bits.
    return ImageHeader("png", width, height, native=depth == 8 and colour in (GREY, RGB) and not interlaced)


def list_chunks(file: BinaryIO) -> PngChunks:
    """Read the chunks that matter; of those that may come once, the first sound one counts, as in every viewer.

    Raises UnreadableImage for a file of far too many chunks.
    """
    bodies, data, is_in_data, is_usual = dict[bytes, bytes](), list[range](), False, True
    at = file.seek(len(SIGNATURE))
    for _ in range(MAX_CHUNKS):
        start = file.read(8)
        kind, length = start[4:], int.from_bytes(start[:4])
        if len(start) < 8 or kind == b"IEND":
            return PngChunks(bodies, data, is_usual and len(start) == 8)
        if kind == b"IDAT":
            is_in_data = is_in_data or not data
            data += [range(at + 8, at + 8 + length)] if is_in_data else []
        else:
            is_in_data = False
            # A lower-case first letter marks a chunk that a decoder may ignore.
            is_usual &= kind in READ_CHUNKS or bool(kind[0] & 0x20)
        if kind in READ_CHUNKS and kind not in bodies and length <= MAX_READ_BYTES and (kind == b"eXIf" or not data):
            body = file.read(length)
            if file.read(4) == zlib.crc32(kind + body).to_bytes(4):
                bodies[kind] = body
        at = file.seek(at + 12 + length)
    raise UnreadableImage(f"this PNG has more than {MAX_CHUNKS:,} chunks")


def build_chunk(kind: bytes, *parts: bytes) -> bytes:
    """A chunk with its length and checksum."""
    crc = zlib.crc32(kind)
    for part in parts:
        crc = zlib.crc32(part, crc)
    return b"".join((sum(map(len, parts)).to_bytes(4), kind, *parts, crc.to_bytes(4)))


def build_profile_chunk(profile: bytes) -> bytes:
    """A chunk with a colour profile; empty without one."""
    return build_chunk(b"iCCP", b"ICC\0\0", zlib.compress(profile)) if profile else b""
