"""Writes PNG files of any layout, with any chunks. Independent of the product and of its decoder."""

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# First column and row, and the steps of each pass of Adam7.
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))

type PngSamples = NDArray[Any]
type Chunk = tuple[bytes, bytes]


def write_png(
    samples: PngSamples,
    *,
    bits: int,
    colour: int,
    interlaced: bool = False,
    before: tuple[Chunk, ...] = (),
    after: tuple[Chunk, ...] = (),
) -> bytes:
    """A PNG of `samples`, height × width × samples, with chunks before and after the image data."""
    height, width, _ = samples.shape
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced)
    if interlaced:
        data = b"".join(_encode_rows(samples[y::dy, x::dx], bits) for x, y, dx, dy in PASSES)
    else:
        data = _encode_rows(samples, bits)
    chunks = ((b"IHDR", header), *before, (b"IDAT", zlib.compress(data, 1)), *after, (b"IEND", b""))
    return SIGNATURE + b"".join(encode_chunk(*chunk) for chunk in chunks)


def encode_chunk(kind: bytes, body: bytes) -> bytes:
    """Length, kind, body and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def encode_palette(palette: PngSamples) -> Chunk:
    """The chunk for colours of 0 to 1, n × 3."""
    return b"PLTE", np.round(palette * 255).astype(np.uint8).tobytes()


def _encode_rows(samples: PngSamples, bits: int) -> bytes:
    """Every row with filter 0; an empty pass has no rows."""
    if not samples.size:
        return b""
    if bits >= 8:
        rows = [row.astype(">u2" if bits == 16 else np.uint8).tobytes() for row in samples]
    else:
        each = (samples.astype(np.uint8) >> np.arange(bits - 1, -1, -1, dtype=np.uint8)) & 1
        rows = [np.packbits(row.ravel()).tobytes() for row in each]
    return b"".join(b"\0" + row for row in rows)
