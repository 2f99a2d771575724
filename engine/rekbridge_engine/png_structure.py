"""What a PNG holds besides its picture, found by following every byte (W3C PNG, third edition)."""

import zlib
from collections.abc import Iterator

from rekbridge_engine.profiles import find_private_parts

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
ANIMATION = {b"acTL", b"fcTL", b"fdAT"}
# Chunks of numbers, with the only lengths that they may have.
LENGTHS = {b"sRGB": {1}, b"gAMA": {4}, b"cHRM": {32}, b"cICP": {4}, b"sBIT": {1, 2, 3, 4}, b"IHDR": {13}, b"IEND": {0}}
# In 1/100,000; colours have up to 1, and the widest primaries a little more.
MAX_CHROMATICITY = 200_000
PALETTE, CHANNELS = 3, {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Start and step of the seven passes of an interlaced picture (8.2): x, y, x step, y step.
PASSES = (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)
BUFFER_BYTES = 1 << 20


class PngStructure:
    """One pass over a PNG. `exif` collects its EXIF blocks, which somebody else reads."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.exif: list[bytes] = []
        self.header = b""
        self.pixels: list[bytes] = []
        self.kinds: set[bytes] = set()

    def scan(self) -> Iterator[str]:
        """Yield a name for everything that the picture does not need."""
        at = len(SIGNATURE)
        while at + 8 <= len(self.data):
            length, kind = int.from_bytes(self.data[at : at + 4]), self.data[at + 4 : at + 8]
            body, crc = self.data[at + 8 : at + 8 + length], self.data[at + 8 + length : at + 12 + length]
            at += 12 + length
            if crc != zlib.crc32(kind + body).to_bytes(4):
                yield "png:bad-checksum"
            yield from self.read_chunk(kind, body)
            if kind == b"IEND":
                break
        if at < len(self.data):
            yield "trailer"
        yield from self.check_pixels()

    def read_chunk(self, kind: bytes, body: bytes) -> Iterator[str]:
        """Yield what one chunk holds."""
        if kind in self.kinds and kind not in TEXTS | ANIMATION | {b"IDAT"}:
            yield "png:repeated-chunk"
        self.kinds.add(kind)
        if kind in LENGTHS:
            numbers = [int.from_bytes(body[start : start + 4]) for start in range(0, len(body), 4)]
            if len(body) not in LENGTHS[kind] or (kind == b"cHRM" and max(numbers) > MAX_CHROMATICITY):
                yield f"png:{kind.decode().lower()}-surplus"
            self.header = self.header or (body if kind == b"IHDR" else b"")
        elif kind == b"IDAT":
            self.pixels.append(body)
        elif kind == b"iCCP":
            yield from _read_profile(body)
        elif kind == b"PLTE":
            if self.header[9:10] != bytes((PALETTE,)) or len(body) % 3 or len(body) > 3 << self.header[8]:
                yield "png:spare-palette"
        elif kind == b"tRNS":
            if len(body) != {0: 2, 2: 6}.get(self.header[9], min(len(body), 256)):
                yield "png:trns-surplus"
        elif kind in TEXTS:
            yield "xmp" if body.startswith(b"XML:com.adobe.xmp\0") else "png:text"
        elif kind == b"eXIf":
            self.exif.append(body)
        elif kind == b"tIME":
            yield "png:time"
        elif kind in ANIMATION:
            yield "png:animation"
        else:
            yield f"png:{kind.decode('ascii', 'replace')}"

    def check_pixels(self) -> Iterator[str]:
        """Yield what follows the compressed stream, and what it holds beyond the picture."""
        if len(self.header) < 13 or self.header[9] not in CHANNELS:
            return
        inflater, rest, left = zlib.decompressobj(), b"".join(self.pixels), _count_bytes(self.header)
        try:
            while rest and left >= 0 and not inflater.eof:
                left -= len(inflater.decompress(rest, BUFFER_BYTES))
                rest = inflater.unconsumed_tail
        except zlib.error:
            yield "png:unreadable-data"
            return
        if left < 0:
            yield "png:pixel-surplus"
        if inflater.unused_data:
            yield "png:data-surplus"


def _count_bytes(header: bytes) -> int:
    """The size of the inflated picture: rows of a filter byte and packed pixels, in one or seven passes."""
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    bits = header[8] * CHANNELS[header[9]]
    total = 0
    for x, y, x_step, y_step in PASSES if header[12] else ((0, 0, 1, 1),):
        columns, rows = -(-(width - x) // x_step), -(-(height - y) // y_step)
        total += rows * (1 + -(-columns * bits // 8)) if columns > 0 and rows > 0 else 0
    return total


def _read_profile(body: bytes) -> Iterator[str]:
    name, _, compressed = body.partition(b"\0")
    if name not in (b"ICC", b"icc"):
        yield "icc:text"
    inflater = zlib.decompressobj()
    try:
        profile = inflater.decompress(compressed[1:], BUFFER_BYTES)
    except zlib.error:
        yield "icc:unreadable"
        return
    if inflater.unused_data or not inflater.eof:
        yield "icc:surplus"
    yield from find_private_parts(profile)
