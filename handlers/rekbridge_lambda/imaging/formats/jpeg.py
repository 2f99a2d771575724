"""JPEG: its frame header, and the rewrite that keeps nothing but the picture (ITU-T T.81, annex B)."""

from collections.abc import Iterable
from io import SEEK_END, BytesIO
from typing import BinaryIO

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.imaging.bounded_reader import Ranges
from rekbridge_lambda.imaging.dimensions import Picture, displayed
from rekbridge_lambda.imaging.formats import tiff

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
SOS, DQT, DHT, DRI, APP0, APP1, APP2, APP14, COMMENT = 0xDA, 0xDB, 0xC4, 0xDD, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE

# Baseline, extended and progressive; the rest (lossless, hierarchical, arithmetic) hardly any reader knows.
COMMON_FRAMES = {0xC0, 0xC1, 0xC2}
FRAMES = set(range(0xC0, 0xD0)) - {DHT, 0xC8, 0xCC}

METADATA = {*range(APP0, APP0 + 16), COMMENT}
DECODES = {SOS, DQT, DHT, DRI, *COMMON_FRAMES}
KNOWN = METADATA | DECODES

# Within a scan 0xFF is followed by a stuffed zero or is a restart marker; anything else ends the scan.
WITHIN_SCAN = frozenset({0x00, *range(0xD0, 0xD8)})

JFIF = b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"


def read(ranges: Ranges) -> Picture:
    """Follow the segments to the frame header; what lies between, ICC and XMP by the megabyte, is skipped."""
    orientation, at = None, 2
    while True:
        head = ranges.take(at, 4)
        marker, length = head[1], int.from_bytes(head[2:])
        if head[0] != 0xFF or marker in (EOI[1], SOS) or (length < 2 and marker != 0xFF):
            raise UnreadableImage("this JPEG has no picture where one is due")
        if marker == 0xFF:
            at += 1
        elif marker in FRAMES:
            return _framed(marker, ranges.take(at + 4, 6), orientation or 1)
        else:
            if marker == APP1 and orientation is None:
                orientation = _orientation(ranges, at + 4, length - 2)
            at += 2 + length


def _framed(marker: int, frame: bytes, orientation: int) -> Picture:
    depth, parts = frame[0], frame[5]
    width, height = displayed(int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3]), orientation)
    # Four parts are CMYK: sent as they are, their colours would be anybody's guess.
    native = marker in COMMON_FRAMES and depth == 8 and parts in (1, 3)
    return Picture("jpeg", width, height, orientation, native)


def _orientation(ranges: Ranges, start: int, length: int) -> int | None:
    if length < 14 or ranges.take(start, 6) != b"Exif\0\0":
        return None
    return tiff.orientation(tiff.inside(ranges.take, start + 6, length - 6))


def without_metadata(file: BinaryIO, orientation: int) -> bytes | None:
    """The same picture, pixel for pixel; None where only decoding can tell: not whole, or of an unusual make."""
    jfif, kept = b"", list[bytes]()
    file.seek(len(SOI))
    while (mark := file.read(4))[1:2] != SOS.to_bytes():
        length = int.from_bytes(mark[2:])
        if len(mark) < 4 or mark[0] != 0xFF or mark[1] not in KNOWN or length < 2:
            return None
        marker, body = mark[1], file.read(length - 2)
        if marker == APP0 and body.startswith(b"JFIF\0"):
            jfif = JFIF
        elif marker == APP14 and body.startswith(b"Adobe") and len(body) >= 12:
            kept.append(_segment(APP14, b"Adobe\0\x64\0\0\0\0" + body[11:12]))
        elif marker in DECODES or (marker == APP2 and body.startswith(b"ICC_PROFILE\0")):
            kept += mark, body
    head = b"".join((SOI, jfif, _upright(orientation), *kept))
    start = file.tell() - len(mark) - len(head)
    if start < 0:
        return None
    # Read with room in front, and the head written into that; a read of known length, too, moves megabytes but once.
    size = file.seek(0, SEEK_END)
    file.seek(start)
    whole = BytesIO(file.read(size - start))
    whole.write(head)
    return _ended(whole.getvalue(), len(head))


def _ended(data: bytes, at: int) -> bytes | None:
    """Up to the end of the picture, for films and second pictures may follow; None unless scans lead there."""
    # A marker's second byte is looked at without asking whether there is one.
    data = data.rstrip(b"\xff")
    # One search for a single byte after the other is C's memchr: several times faster than a pattern.
    # Without a hit it answers -1, and what it then looks at, data[0], is no part of a scan either.
    find = data.find
    while data[at + 1] in DECODES:
        at = find(b"\xff", at + 2 + int.from_bytes(data[at + 2 : at + 4]))
        while data[at + 1] in WITHIN_SCAN:
            at = find(b"\xff", at + 2)
            while not data[at + 1]:
                at = find(b"\xff", at + 2)
        if at < 0:
            return None
    return data[: at + 2] if data[at : at + 2] == EOI else None


def _upright(orientation: int) -> bytes:
    """The least EXIF block that says how the picture is turned; nothing if it is not."""
    if orientation == 1:
        return b""
    tag = tiff.ORIENTATION.to_bytes(2) + b"\0\3" + b"\0\0\0\1" + orientation.to_bytes(2) + b"\0\0"
    return _segment(APP1, b"Exif\0\0" + b"MM\0*" + b"\0\0\0\x08" + b"\0\1" + tag + b"\0\0\0\0")


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (2 + len(body)).to_bytes(2) + body


def stacked(bands: Iterable[bytes], width: int, height: int, rows: int) -> bytes:
    """One JPEG of bands of `rows` each, written alike with 4:2:0 colours; `rows` is a multiple of 16.

    A restart marker lets a scan begin anew, so the bands' scans are joined as they are (T.81, E.1.4).
    """
    restart = _segment(DRI, (-(-width // 16) * rows // 16).to_bytes(2))
    pieces: list[bytes] = []
    for number, band in enumerate(bands):
        at, frame = 2, 0
        while band[at + 1] != SOS:
            frame = at if band[at + 1] in COMMON_FRAMES else frame
            at += 2 + int.from_bytes(band[at + 2 : at + 4])
        scan = at + 2 + int.from_bytes(band[at + 2 : at + 4])
        if number == 0:
            pieces += band[: frame + 5], height.to_bytes(2), band[frame + 7 : at], restart, band[at:-2]
        else:
            pieces += bytes((0xFF, 0xD0 + (number - 1) % 8)), band[scan:-2]
    return b"".join((*pieces, EOI))
