"""PNG whose data ends before the picture does: decoders may show the rest in black."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.imaging.formats.png import PngChunks

# Compressed bytes that are read at once, and decompressed bytes that are in memory at once.
READ_BYTES = 64 * 1024
INFLATED_BYTES = 256 * 1024

ZLIB_HEADER_BYTES = 2
# Values of a pixel, by the kind of colour (11.2.1).
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# The seven passes of an interlaced picture (8.2): x and y of the first pixel, and the steps to the next ones.
ADAM7 = (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)


def refuse_missing_rows() -> UnreadableImage:
    """The error for a picture of which a part is missing."""
    return UnreadableImage("this PNG cannot be decoded: its data ends before the picture does")


def read_data(file: BinaryIO, chunks: PngChunks) -> Iterator[bytes]:
    """The compressed stream in pieces, none of them empty."""
    for place in chunks.data:
        file.seek(place.start)
        for at in range(place.start, place.stop, READ_BYTES):
            piece = file.read(min(READ_BYTES, place.stop - at))
            if not piece:
                return
            yield piece


def check_rows_are_complete(file: BinaryIO, chunks: PngChunks) -> None:
    """Inflate until the picture is whole. Raises UnreadableImage; broken streams are left to the decoder."""
    header = chunks.bodies[b"IHDR"]
    if header[9] not in CHANNELS:
        return
    missing = count_inflated_bytes(header)
    # Without zlib's header and checksum, which viewers forgive.
    inflater, skipped = zlib.decompressobj(-zlib.MAX_WBITS), ZLIB_HEADER_BYTES
    try:
        for piece in read_data(file, chunks):
            rest, skipped = piece[skipped:], max(0, skipped - len(piece))
            # A full step may leave pixels in the inflater after it has taken all of the bytes.
            while pixels := inflater.decompress(rest, INFLATED_BYTES):
                missing -= len(pixels)
                rest = inflater.unconsumed_tail
                if missing <= 0:
                    return
            if inflater.eof:
                break
    except zlib.error:
        return
    if missing > 0:
        raise refuse_missing_rows()


def count_inflated_bytes(header: bytes) -> int:
    """The bytes of all rows, each with its filter: of the picture, or of its seven passes."""
    width, height, bits = int.from_bytes(header[:4]), int.from_bytes(header[4:8]), header[8] * CHANNELS[header[9]]
    total = 0
    for left, top, across, down in ADAM7 if header[12] else ((0, 0, 1, 1),):
        columns, rows = max(0, -(-(width - left) // across)), max(0, -(-(height - top) // down))
        total += rows * (1 + (columns * bits + 7) // 8) if columns else 0
    return total
