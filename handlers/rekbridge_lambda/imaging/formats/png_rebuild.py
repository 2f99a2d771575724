"""PNG put together anew from its header and its pixels' compressed stream; no other byte is kept."""

import zlib
from typing import BinaryIO

from rekbridge_lambda.imaging.formats.png import (
    COLOUR_CHUNKS,
    GREY,
    SIGNATURE,
    PngChunks,
    build_chunk,
    build_profile_chunk,
    list_chunks,
)
from rekbridge_lambda.imaging.formats.png_completeness import (
    INFLATED_BYTES,
    ZLIB_HEADER_BYTES,
    read_data,
    refuse_missing_rows,
)

# The largest window, which suits every stream: libpng refuses one that claims less than it uses.
ZLIB_HEADER = b"\x78\x9c"

# The five filters of a row (9.2).
MAX_FILTER = 4


def rebuild(file: BinaryIO, max_bytes: int) -> bytes | None:
    """The same pixels; None where the file must be decoded: transparent, turned, of other colours, truncated, large.

    Raises UnreadableImage for a stream that has an end, but not all of the picture.
    """
    chunks = list_chunks(file)
    header = chunks.bodies.get(b"IHDR", b"")
    # Depth 8, grey or RGB, and the only known method of compression, filter and interlacing.
    if not chunks.is_usual or len(header) != 13 or header[8:] not in (b"\x08\0\0\0\0", b"\x08\2\0\0\0"):
        return None
    if b"tRNS" in chunks.bodies or chunks.orientation != 1 or sum(map(len, chunks.data)) > max_bytes:
        return None
    is_grey = header[9] == GREY
    profile = _choose_profile(chunks, is_grey)
    if profile is None:
        return None
    row_bytes = 1 + int.from_bytes(header[:4]) * (1 if is_grey else 3)
    stream = _read_stream(file, chunks, row_bytes, int.from_bytes(header[4:8]))
    if stream is None:
        return None
    return b"".join(
        (
            SIGNATURE,
            build_chunk(b"IHDR", header),
            build_profile_chunk(profile),
            *_build_data_chunk(stream),
            build_chunk(b"IEND"),
        )
    )


def _choose_profile(chunks: PngChunks, is_grey: bool) -> bytes | None:
    if not chunks.bodies.keys() & COLOUR_CHUNKS:
        return b""
    # Imported here: many images say nothing about colours.
    from rekbridge_lambda.imaging import colour
    from rekbridge_lambda.imaging.formats.png_colour import find_profile

    return colour.choose_profile(find_profile(chunks.bodies, is_grey), is_grey)


def _build_data_chunk(stream: list[bytes]) -> list[bytes]:
    """One IDAT chunk, whose megabytes are copied only when everything is joined."""
    crc = zlib.crc32(b"IDAT")
    for piece in stream:
        crc = zlib.crc32(piece, crc)
    return [sum(map(len, stream)).to_bytes(4), b"IDAT", *stream, crc.to_bytes(4)]


def _read_stream(file: BinaryIO, chunks: PngChunks, row_bytes: int, rows: int) -> list[bytes] | None:
    """The compressed stream to its end, without what follows; None unless it is exactly the picture."""
    inflater, pieces, inflated, skipped = zlib.decompressobj(), [ZLIB_HEADER], 0, ZLIB_HEADER_BYTES
    try:
        for piece in read_data(file, chunks):
            # The inflater checks the method of the stream's own header, and that it needs no dictionary.
            pieces.append(piece[skipped:])
            skipped = max(0, skipped - len(piece))
            rest = piece
            while rest:
                pixels = inflater.decompress(rest, INFLATED_BYTES)
                rest = inflater.unconsumed_tail
                filters = pixels[-inflated % row_bytes :: row_bytes]
                inflated += len(pixels)
                if inflated > row_bytes * rows or (filters and max(filters) > MAX_FILTER):
                    return None
            if inflater.eof:
                if inflated < row_bytes * rows:
                    raise refuse_missing_rows()
                pieces[-1] = pieces[-1][: len(pieces[-1]) - len(inflater.unused_data)]
                return pieces
    except zlib.error:
        pass
    return None
