"""Writes GIF files with a first frame of any place and size. Independent of the product and of its decoder."""

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

type Indexes = NDArray[Any]


def write_gif(
    indexes: Indexes,
    palette: NDArray[Any],
    *,
    canvas: tuple[int, int] | None = None,
    at: tuple[int, int] = (0, 0),
    transparent: int | None = None,
    background: int = 0,
    interlaced: bool = False,
    local_palette: bool = False,
) -> bytes:
    """One frame of indexes (up to 127) of a palette with 128 colours of 0 to 1, on a canvas of width × height."""
    height, width = indexes.shape
    size = canvas or (width, height)
    table = np.round(palette * 255).astype(np.uint8).tobytes().ljust(3 * 128, b"\0")
    flags = 0xF6
    screen = struct.pack("<HHBBB", *size, flags if not local_palette else 0x70, background, 0)
    head = b"GIF89a" + screen + (b"" if local_palette else table)
    if transparent is not None:
        head += b"\x21\xf9\x04" + struct.pack("<BHB", 1, 0, transparent) + b"\0"
    kind = (0x40 if interlaced else 0) | (0x86 if local_palette else 0)
    head += b"\x2c" + struct.pack("<HHHHB", *at, width, height, kind) + (table if local_palette else b"")
    if interlaced:
        indexes = np.concatenate([indexes[0::8], indexes[4::8], indexes[2::4], indexes[1::2]])
    data = _encode_literally(indexes.ravel().astype(np.uint8).tobytes())
    blocks = b"".join(
        bytes((len(part),)) + part for part in (data[start : start + 255] for start in range(0, len(data), 255))
    )
    return head + b"\x07" + blocks + b"\0\x3b"


def _encode_literally(values: bytes) -> bytes:
    """LZW of 8-bit codes that never compresses: the table is cleared before codes would become longer."""
    clear, end = 128, 129
    codes = []
    for start in range(0, len(values), 120):
        codes += [clear, *values[start : start + 120]]
    return bytes((*codes, end))
