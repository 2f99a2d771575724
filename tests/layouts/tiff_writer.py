"""Writes TIFF files of any layout, whether or not a decoder takes it. Independent of the product and of its decoder."""

import struct
from collections.abc import Mapping
from typing import Any, Literal

import imagecodecs
import numpy as np
from numpy.typing import NDArray

NONE, LZW, JPEG, DEFLATE, PACKBITS, LZMA, ZSTD = 1, 5, 7, 8, 32773, 34925, 50000
UINT, INT, FLOAT = 1, 2, 3

type Samples = NDArray[Any]
# TIFF types: BYTE, SHORT, LONG.
TYPE_CODES = {1: "B", 3: "H", 4: "I"}

# By tag: TIFF type and values.
type Tags = Mapping[int, tuple[int, tuple[int, ...]]]


def write_tiff(
    samples: Samples,
    *,
    photometric: int,
    bits: int | tuple[int, ...],
    order: Literal["<", ">"] = "<",
    planar: int = 1,
    compression: int = NONE,
    predictor: int = 1,
    fill_order: int = 1,
    sample_format: int = UINT,
    extra: tuple[int, ...] = (),
    rows_per_strip: int = 0,
    tile: int = 0,
    tags: Tags | None = None,
    body: bytes | None = None,
) -> bytes:
    """One page of `samples`, an array of height × width × samples.

    `tags` are added, or replace others; `body` replaces the encoded samples and begins at offset 8.
    """
    height, width, count = samples.shape
    depths = bits if isinstance(bits, tuple) else (bits,) * count
    planes = [samples] if planar == 1 else [samples[:, :, at : at + 1] for at in range(count)]
    blocks = [block for plane in planes for block in _cut(plane, rows_per_strip or height, tile)]
    bodies = [_encode(block, depths[0], order, compression, predictor, fill_order, photometric) for block in blocks]
    if body is not None:
        bodies = [body]
    found: dict[int, tuple[int, tuple[int, ...]]] = {
        256: (4, (width,)),
        257: (4, (height,)),
        258: (3, depths),
        259: (3, (compression,)),
        262: (3, (photometric,)),
        277: (3, (count,)),
        284: (3, (planar,)),
        339: (3, (sample_format,) * count),
    }
    if fill_order != 1:
        found[266] = 3, (fill_order,)
    if predictor != 1:
        found[317] = 3, (predictor,)
    if extra:
        found[338] = 3, extra
    offsets, counts = (324, 325) if tile else (273, 279)
    found |= {322: (4, (tile,)), 323: (4, (tile,))} if tile else {278: (4, (rows_per_strip or height,))}
    at, places = 8, []
    for body in bodies:
        places.append(at)
        at += len(body)
    found |= {offsets: (4, tuple(places)), counts: (4, tuple(map(len, bodies)))} | dict(tags or {})
    return _join(b"".join(bodies), found, order)


def _cut(plane: Samples, rows: int, tile: int) -> list[Samples]:
    height, width, _ = plane.shape
    if not tile:
        return [plane[top : top + rows] for top in range(0, height, rows)]
    padded = np.pad(plane, ((0, -height % tile), (0, -width % tile), (0, 0)))
    return [
        padded[top : top + tile, left : left + tile] for top in range(0, height, tile) for left in range(0, width, tile)
    ]


def _encode(
    block: Samples,
    bits: int,
    order: Literal["<", ">"],
    compression: int,
    predictor: int,
    fill_order: int,
    photometric: int,
) -> bytes:
    height, _, count = block.shape
    if compression == JPEG:
        # Samples are given in RGB; a TIFF in YCbCr has them converted.
        kind = {1: "GRAYSCALE", 3: "RGB", 4: "CMYK"}[count]
        stored = "YCBCR" if photometric == 6 else kind
        pixels = np.ascontiguousarray(block[:, :, 0] if count == 1 else block)
        return bytes(
            imagecodecs.jpeg8_encode(pixels, level=95, colorspace=kind, outcolorspace=stored, subsampling="444")
        )
    if predictor == 2:
        block = np.concatenate([block[:, :1], np.diff(block, axis=1)], axis=1).astype(block.dtype)
    if predictor == 3:
        data = b"".join(_predict_floats(row) for row in block)
    elif bits in (8, 16, 32, 64):
        data = block.astype(block.dtype.newbyteorder(order)).tobytes()
    else:
        data = b"".join(_pack(row.ravel(), bits) for row in block)
    data = _compress(data, compression, height)
    return bytes(int(f"{byte:08b}"[::-1], 2) for byte in data) if fill_order == 2 else bytes(data)


def _compress(data: bytes, compression: int, height: int) -> bytes:
    match compression:
        case 5:
            return bytes(imagecodecs.lzw_encode(data))
        case 8:
            return bytes(imagecodecs.zlib_encode(data))
        case 32773:
            # No run crosses the end of a row.
            stride = len(data) // height
            return b"".join(
                bytes(imagecodecs.packbits_encode(data[at : at + stride])) for at in range(0, len(data), stride)
            )
        case 34925:
            return bytes(imagecodecs.lzma_encode(data))
        case 50000:
            return bytes(imagecodecs.zstd_encode(data))
    return data


def _pack(values: Samples, bits: int) -> bytes:
    """Samples of any number of bits, most significant bit first; a row ends at a byte."""
    each = (values.astype(np.uint32)[:, None] >> np.arange(bits - 1, -1, -1, dtype=np.uint32)) & 1
    return np.packbits(each.astype(np.uint8).ravel()).tobytes()


def _predict_floats(row: Samples) -> bytes:
    """Adobe's floating point predictor: bytes by significance, then differences."""
    count, size = row.shape[1], row.dtype.itemsize
    flat = row.astype(row.dtype.newbyteorder(">")).tobytes()
    data = np.frombuffer(flat, np.uint8).reshape(-1, size).T.ravel()
    return np.concatenate([data[:count], data[count:] - data[:-count]]).astype(np.uint8).tobytes()


def _join(pixels: bytes, tags: Tags, order: str) -> bytes:
    pixels += bytes(len(pixels) % 2)
    directory = 8 + len(pixels)
    tail = directory + 2 + 12 * len(tags) + 4
    entries, values = b"", b""
    for tag, (kind, numbers) in sorted(tags.items()):
        body = struct.pack(f"{order}{len(numbers)}{ {1: 'B', 3: 'H', 4: 'I', 7: 'B'}[kind] }", *numbers)
        entries += struct.pack(f"{order}HHI", tag, kind, len(numbers))
        if len(body) > 4:
            entries += struct.pack(f"{order}I", tail + len(values))
            values += body + bytes(len(body) % 2)
        else:
            entries += body.ljust(4, b"\0")
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", directory)
    return head + pixels + struct.pack(f"{order}H", len(tags)) + entries + bytes(4) + values
