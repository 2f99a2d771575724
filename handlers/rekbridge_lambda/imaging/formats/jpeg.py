"""JPEG: its frame header, and a copy without metadata (ITU-T T.81, annex B)."""

from collections.abc import Iterable
from io import SEEK_END, BytesIO
from typing import BinaryIO

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader
from rekbridge_lambda.imaging.dimensions import orient_size
from rekbridge_lambda.imaging.formats import tiff

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
SOS, DQT, DHT, DRI, APP0, APP1, APP2, APP14, COMMENT = 0xDA, 0xDB, 0xC4, 0xDD, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE

# Baseline, extended and progressive; few readers support the others (lossless, hierarchical, arithmetic).
COMMON_FRAME_MARKERS = {0xC0, 0xC1, 0xC2}
FRAME_MARKERS = set(range(0xC0, 0xD0)) - {DHT, 0xC8, 0xCC}

METADATA_MARKERS = {*range(APP0, APP0 + 16), COMMENT}
DECODING_MARKERS = {SOS, DQT, DHT, DRI, *COMMON_FRAME_MARKERS}
KNOWN_MARKERS = METADATA_MARKERS | DECODING_MARKERS

# Within a scan, 0xFF is followed by a stuffed zero or a restart marker number; every other byte ends the scan.
SCAN_BYTES = frozenset({0x00, *range(0xD0, 0xD8)})

JFIF = b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"


def read_header(reader: BoundedReader) -> ImageHeader:
    """Follow the segments to the frame header; segments in between, such as large ICC and XMP data, are skipped."""
    orientation, at = None, 2
    while True:
        head = reader.read_at(at, 4)
        marker, length = head[1], int.from_bytes(head[2:])
        if head[0] != 0xFF or marker in (EOI[1], SOS) or (length < 2 and marker != 0xFF):
            raise UnreadableImage("this JPEG has no frame header where one is expected")
        if marker == 0xFF:
            at += 1
        elif marker in FRAME_MARKERS:
            return _parse_frame(marker, reader.read_at(at + 4, 6), orientation or 1)
        else:
            if marker == APP1 and orientation is None:
                orientation = _read_orientation(reader, at + 4, length - 2)
            at += 2 + length


def _parse_frame(marker: int, frame: bytes, orientation: int) -> ImageHeader:
    depth, parts = frame[0], frame[5]
    width, height = orient_size(int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3]), orientation)
    # Four components are CMYK, whose colours are ambiguous without decoding.
    native = marker in COMMON_FRAME_MARKERS and depth == 8 and parts in (1, 3)
    return ImageHeader("jpeg", width, height, orientation, native)


def _read_orientation(reader: BoundedReader, start: int, length: int) -> int | None:
    if length < 14 or reader.read_at(start, 6) != b"Exif\0\0":
        return None
    return tiff.read_orientation(tiff.restrict_reads(reader.read_at, start + 6, length - 6))


def strip_metadata(file: BinaryIO, orientation: int) -> bytes | None:
    """The same pixels without metadata; None when the file must be decoded: truncated, or of an unusual structure."""
    jfif, segments = b"", list[bytes]()
    file.seek(len(SOI))
    while (mark := file.read(4))[1:2] != SOS.to_bytes():
        length = int.from_bytes(mark[2:])
        if len(mark) < 4 or mark[0] != 0xFF or mark[1] not in KNOWN_MARKERS or length < 2:
            return None
        marker, body = mark[1], file.read(length - 2)
        if marker == APP0 and body.startswith(b"JFIF\0"):
            jfif = JFIF
        elif marker == APP14 and body.startswith(b"Adobe") and len(body) >= 12:
            segments.append(_build_segment(APP14, b"Adobe\0\x64\0\0\0\0" + body[11:12]))
        elif marker in DECODING_MARKERS or (marker == APP2 and body.startswith(b"ICC_PROFILE\0")):
            segments += mark, body
    head = b"".join((SOI, jfif, _build_orientation_segment(orientation), *segments))
    start = file.tell() - len(mark) - len(head)
    if start < 0:
        return None
    # Read with space in front, into which the new head is written, so that megabytes are moved only once.
    size = file.seek(0, SEEK_END)
    file.seek(start)
    whole = BytesIO(file.read(size - start))
    whole.write(head)
    return _cut_after_end(whole.getvalue(), len(head))


def _cut_after_end(data: bytes, at: int) -> bytes | None:
    """Cut after the end marker, because a film or a second image may follow; None when the scans do not lead to it."""
    # The second byte of a marker is read without a bounds check, so the data must not end with 0xFF.
    data = data.rstrip(b"\xff")
    # Searching for a single byte is C's memchr, several times faster than a pattern.
    # A search without a hit returns -1; data[0], which is looked at then, is not part of a scan either.
    find = data.find
    while data[at + 1] in DECODING_MARKERS:
        at = find(b"\xff", at + 2 + int.from_bytes(data[at + 2 : at + 4]))
        while data[at + 1] in SCAN_BYTES:
            at = find(b"\xff", at + 2)
            while not data[at + 1]:
                at = find(b"\xff", at + 2)
        if at < 0:
            return None
    return data[: at + 2] if data[at : at + 2] == EOI else None


def _build_orientation_segment(orientation: int) -> bytes:
    """The smallest EXIF block that holds an orientation; empty for an upright image."""
    if orientation == 1:
        return b""
    tag = tiff.ORIENTATION.to_bytes(2) + b"\0\3" + b"\0\0\0\1" + orientation.to_bytes(2) + b"\0\0"
    return _build_segment(APP1, b"Exif\0\0" + b"MM\0*" + b"\0\0\0\x08" + b"\0\1" + tag + b"\0\0\0\0")


def _build_segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (2 + len(body)).to_bytes(2) + body


def join_bands(bands: Iterable[bytes], width: int, height: int, rows: int) -> bytes:
    """One JPEG from bands of `rows` rows each, all encoded with 4:2:0 colours; `rows` is a multiple of 16.

    Decoding restarts at a restart marker, so the scans of the bands are joined unchanged (T.81, E.1.4).
    """
    restart = _build_segment(DRI, (-(-width // 16) * rows // 16).to_bytes(2))
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
