"""JPEG: its frame header, and its markers (ITU-T T.81, annex B)."""

from collections.abc import Iterable
from contextlib import suppress

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader
from rekbridge_lambda.imaging.dimensions import orient_size
from rekbridge_lambda.imaging.formats import tiff

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
SOS, DQT, DHT, DAC, DRI, DNL, APP0, APP1, APP2, APP14, COMMENT = (
    0xDA, 0xDB, 0xC4, 0xCC, 0xDD, 0xDC, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE,
)  # fmt: skip

# Baseline, extended and progressive; few readers support the others (lossless, hierarchical, arithmetic).
COMMON_FRAME_MARKERS = {0xC0, 0xC1, 0xC2}
PROGRESSIVE = 0xC2
FRAME_MARKERS = set(range(0xC0, 0xD0)) - {DHT, 0xC8, DAC}
METADATA_MARKERS = {*range(APP0, APP0 + 16), COMMENT}

# TEM and the restart markers: they have no length, and decoders skip them outside scans.
RESTARTS = range(0xD0, 0xD8)
STANDALONE_MARKERS = {0x01, *RESTARTS}

JFIF = b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
# What follows the name of a JFIF or Adobe segment; decoders do not recognise shorter ones.
MIN_JFIF_BYTES, MIN_ADOBE_BYTES = 14, 12


def read_header(reader: BoundedReader) -> ImageHeader:
    """Follow the segments to the frame header; segments in between, such as large ICC and XMP data, are skipped."""
    orientation, at = None, len(SOI)
    while True:
        at, marker, length = _read_marker(reader, at)
        if marker in FRAME_MARKERS:
            frame_marker, frame = marker, reader.read_at(at + 4, 6)
            break
        if marker == APP1 and orientation is None:
            orientation = _read_orientation(reader, at + 4, length - 2)
        at += 2 + length
    if orientation is None:
        # Viewers accept EXIF until the first scan.
        with suppress(UnreadableImage):
            while orientation is None:
                at, marker, length = _read_marker(reader, at + 2 + length)
                orientation = _read_orientation(reader, at + 4, length - 2) if marker == APP1 else None
    return _parse_frame(frame_marker, frame, orientation or 1)


def _read_marker(reader: BoundedReader, at: int) -> tuple[int, int, int]:
    """Place, marker and length of the next segment. Bytes between segments are skipped, as every decoder does."""
    while True:
        first, marker = reader.read_at(at, 2)
        if first != 0xFF or marker in (0x00, 0xFF):
            at += 1
        elif marker in STANDALONE_MARKERS:
            at += 2
        else:
            length = 0 if marker in (SOI[1], EOI[1], SOS) else int.from_bytes(reader.read_at(at + 2, 2))
            if length < 2:
                raise UnreadableImage("this JPEG has no frame header where one is expected")
            return at, marker, length


def _parse_frame(marker: int, frame: bytes, orientation: int) -> ImageHeader:
    depth, parts = frame[0], frame[5]
    width, height = orient_size(int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3]), orientation)
    # Four components are CMYK, whose colours are ambiguous without decoding.
    native = marker in COMMON_FRAME_MARKERS and depth == 8 and parts in (1, 3)
    return ImageHeader("jpeg", width, height, orientation, native)


def _read_orientation(reader: BoundedReader, start: int, length: int) -> int | None:
    end, found = start + length, False
    # Some programs write the header twice.
    while end - start >= len(tiff.EXIF_HEADER) + 8 and reader.read_at(start, len(tiff.EXIF_HEADER)) == tiff.EXIF_HEADER:
        start, found = start + len(tiff.EXIF_HEADER), True
    return tiff.read_orientation(tiff.restrict_reads(reader.read_at, start, end - start)) if found else None


def build_orientation_segment(orientation: int) -> bytes:
    """The smallest EXIF block that holds an orientation; empty for an upright image."""
    return b"" if orientation == 1 else build_segment(APP1, tiff.EXIF_HEADER + tiff.build_orientation(orientation))


def build_segment(marker: int, body: bytes) -> bytes:
    """A marker with its length and body."""
    return bytes((0xFF, marker)) + (2 + len(body)).to_bytes(2) + body


def join_bands(bands: Iterable[bytes], width: int, height: int, rows: int) -> bytes:
    """One JPEG from bands of `rows` rows each, all encoded with 4:2:0 colours; `rows` is a multiple of 16.

    Decoding restarts at a restart marker, so the scans of the bands are joined unchanged (T.81, E.1.4).
    """
    restart = build_segment(DRI, (-(-width // 16) * rows // 16).to_bytes(2))
    pieces: list[bytes] = []
    for number, band in enumerate(bands):
        at, frame = 2, 0
        while band[at + 1] != SOS:
            frame = at if band[at + 1] in COMMON_FRAME_MARKERS else frame
            at += 2 + int.from_bytes(band[at + 2 : at + 4])
        scan = at + 2 + int.from_bytes(band[at + 2 : at + 4])
        if number == 0:
            pieces += band[: frame + 5], height.to_bytes(2), band[frame + 7 : at], restart, band[at:-2]
        else:
            pieces += bytes((0xFF, 0xD0 + (number - 1) % 8)), band[scan:-2]
    return b"".join((*pieces, EOI))
