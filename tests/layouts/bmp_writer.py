"""Writes BMP files of any layout. Independent of the product and of its decoder."""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

RGB, RLE8, RLE4, BITFIELDS = 0, 1, 2, 3
OS2, INFO, V2, V3, OS2_V2, V4, V5 = 12, 40, 52, 56, 64, 108, 124

type Pixels = NDArray[Any]


def write_bmp(
    pixels: Pixels,
    *,
    bits: int,
    header: int = INFO,
    compression: int = RGB,
    masks: Sequence[int] = (),
    palette: Sequence[tuple[int, int, int]] = (),
    top_down: bool = False,
    colours_used: int | None = None,
) -> bytes:
    """A BMP of `pixels`: height × width whole pixel values, or indexes of the palette; the top row first."""
    height, width = pixels.shape
    rows = pixels if top_down else pixels[::-1]
    if compression in (RLE8, RLE4):
        data = b"".join(_encode_runs(row, bits) + b"\0\0" for row in rows) + b"\0\1"
    else:
        data = b"".join(_pack_row(row, bits) for row in rows)
    outer_masks = struct.pack(f"<{len(masks)}I", *masks) if header == INFO else b""
    entry = "<BBB" if header == OS2 else "<BBBx"
    table = b"".join(struct.pack(entry, blue, green, red) for red, green, blue in palette)
    offset = 14 + header + len(outer_masks) + len(table)
    if header == OS2:
        info = struct.pack("<IHHHH", OS2, width, height, 1, bits)
    else:
        used = len(palette) if colours_used is None else colours_used
        info = struct.pack(
            "<IiiHHIIiiII",
            header,
            width,
            -height if top_down else height,
            1,
            bits,
            compression,
            len(data),
            2835,
            2835,
            used,
            0,
        )
        if header > INFO and masks:
            info += struct.pack(f"<{len(masks)}I", *masks)
        if header in (V4, V5):
            info = info.ljust(56, b"\0") + b"BGRs"
        info = info.ljust(header, b"\0")
    return struct.pack("<2sIHHI", b"BM", offset + len(data), 0, 0, offset) + info + outer_masks + table + data


def pack_channels(channels: Pixels, masks: Sequence[int]) -> Pixels:
    """Height × width × channels of 0 to 1 as whole pixel values with these bit masks."""
    total = np.zeros(channels.shape[:2], np.uint64)
    for at, mask in enumerate(masks):
        if mask:
            shift = (mask & -mask).bit_length() - 1
            total |= np.round(channels[:, :, at] * (mask >> shift)).astype(np.uint64) << np.uint64(shift)
    return total


def _pack_row(row: Pixels, bits: int) -> bytes:
    if bits >= 8:
        data = row.astype("<u8").view(np.uint8).reshape(-1, 8)[:, : bits // 8].tobytes()
    else:
        each = (row.astype(np.uint8)[:, None] >> np.arange(bits - 1, -1, -1, dtype=np.uint8)) & 1
        data = np.packbits(each.ravel()).tobytes()
    return data + bytes(-len(data) % 4)


def _encode_runs(row: Pixels, bits: int) -> bytes:
    """Runs of one value, and every eighth run literally, as both kinds occur."""
    body, at, values = b"", 0, [int(value) for value in row]
    while at < len(values):
        if at % 24 == 0 and len(values) - at >= 5:
            part = values[at : at + 5]
            packed = bytes(part) if bits == 8 else bytes((part[0] << 4 | part[1], part[2] << 4 | part[3], part[4] << 4))
            body += bytes((0, 5)) + packed + bytes(len(packed) % 2)
            at += 5
            continue
        end = at + 1
        while end < len(values) and end - at < 255 and values[end] == values[at]:
            end += 1
        body += bytes((end - at, values[at] if bits == 8 else values[at] << 4 | values[at]))
        at = end
    return body
