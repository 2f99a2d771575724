"""Makes sample images without any library: an installed Rekbridge has no photographs."""

import random
import struct
import zlib

WIDTH_PX, HEIGHT_PX = 320, 240
RECTANGLES = 24


def make_sample(seed: str) -> bytes:
    """Make a PNG of coloured rectangles. Each seed gives other pixels, and equal seeds give equal bytes."""
    rng = random.Random(seed)
    background = rng.randbytes(3) * WIDTH_PX
    rows = [bytearray(background) for _ in range(HEIGHT_PX)]
    for _ in range(RECTANGLES):
        left, top = rng.randrange(WIDTH_PX - 8), rng.randrange(HEIGHT_PX - 8)
        width, height = rng.randint(8, WIDTH_PX - left), rng.randint(8, HEIGHT_PX - top)
        colour = rng.randbytes(3) * width
        for row in rows[top : top + height]:
            row[3 * left : 3 * (left + width)] = colour
    pixels = b"".join(b"\0" + row for row in rows)
    # 8 bits, RGB.
    header = struct.pack(">IIBBBBB", WIDTH_PX, HEIGHT_PX, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_build_chunk(kind, body) for kind, body in chunks)


def _build_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
