"""JPEG in pieces: its segments, and the compressed data of its scans, which is copied without being decoded."""

from itertools import accumulate
from typing import NamedTuple

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.imaging.formats.jpeg import (
    APP0,
    APP2,
    APP14,
    DAC,
    DHT,
    DNL,
    DQT,
    DRI,
    EOI,
    FRAME_MARKERS,
    METADATA_MARKERS,
    RESTARTS,
    SOI,
    SOS,
    STANDALONE_MARKERS,
    build_segment,
)
from rekbridge_lambda.imaging.mapped_file import FileBytes

# A decoder goes through all blocks for every scan: 4,000 scans in 473 KB cost it 53 s. Encoders write about 10; with 64
# the largest image costs about one second.
MAX_SCANS = 64
MAX_SEGMENTS = 10_000

DECODING_MARKERS = FRAME_MARKERS | {SOS, DQT, DHT, DAC, DRI, DNL}
KNOWN_MARKERS = DECODING_MARKERS | METADATA_MARKERS
SEQUENTIAL_FRAME_MARKERS = {0xC0, 0xC1}
ICC_HEADER = b"ICC_PROFILE\0"


class Segment(NamedTuple):
    """A marker with its body; of a start of scan also the place of its data, and the number of restart markers in it.

    `restarts` is None where these are not in their order, or have bytes before them.
    """

    marker: int
    body: bytes
    scan: range = range(0)
    restarts: int | None = 0


class JpegSegments(NamedTuple):
    """The segments from the start of image on; not complete where no end of image follows them."""

    segments: list[Segment]
    is_complete: bool


def split_segments(data: FileBytes) -> JpegSegments:
    """Split a JPEG as decoders do: they skip bytes between segments, and what follows the end of image.

    Raises UnreadableImage for so many scans or segments that decoding would cost far more than the file's size.
    """
    # The byte after 0xFF is read without a bounds check, so the data must not end with 0xFF.
    if data[-1:] == b"\xff":
        data = data[:].rstrip(b"\xff")
    segments, scans, at = list[Segment](), 0, len(SOI)
    while (at := _find_marker(data, at)) >= 0:
        marker = data[at + 1]
        if marker == EOI[1]:
            return JpegSegments(segments, is_complete=True)
        if marker in STANDALONE_MARKERS:
            at += 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker not in KNOWN_MARKERS or not at + 4 <= end <= len(data):
            break
        body = data[at + 4 : end]
        if marker == SOS:
            at, restarts = _find_scan_end(data, end)
            segments.append(Segment(marker, body, range(end, at), restarts))
            scans += 1
        else:
            segments.append(Segment(marker, body))
            at = end
        if scans > MAX_SCANS:
            raise UnreadableImage(f"this JPEG has more than {MAX_SCANS} scans: decoding it would cost too much")
        if len(segments) > MAX_SEGMENTS:
            raise UnreadableImage(f"this JPEG has more than {MAX_SEGMENTS:,} segments")
    return JpegSegments(_cut_after_picture(segments), is_complete=False)


def _cut_after_picture(segments: list[Segment]) -> list[Segment]:
    """Without what follows the last scan: where no end of image was found, it may be the middle of any other file."""
    scans = [number for number, segment in enumerate(segments) if segment.marker == SOS]
    if wanted := count_sequential_components(segments):
        # Every component has one scan.
        counts = accumulate(int.from_bytes(segments[number].body[:1]) for number in scans)
        scans = scans[: 1 + sum(count < wanted for count in counts)]
    return segments[: scans[-1] + 1] if scans else segments


def count_sequential_components(segments: list[Segment]) -> int:
    """The number of components of a frame that is not progressive; 0 for other frames."""
    frame = next((segment for segment in segments if segment.marker in FRAME_MARKERS), None)
    is_sequential = frame is not None and frame.marker in SEQUENTIAL_FRAME_MARKERS
    return int.from_bytes(frame.body[5:6]) if frame is not None and is_sequential else 0


def _find_marker(data: FileBytes, at: int) -> int:
    """The last 0xFF before the next marker; -1 where there is none."""
    at = data.find(b"\xff", at)
    while at >= 0 and data[at + 1] in (0x00, 0xFF):
        at = data.find(b"\xff", at + 1)
    return at


def _find_scan_end(data: FileBytes, at: int) -> tuple[int, int | None]:
    """The end of a scan, and its number of restart markers."""
    restarts, is_regular = 0, True
    # Searching for a single byte is C's memchr, several times faster than a pattern.
    # A search without a hit returns -1; data[0], which is looked at then, is 0xFF and ends the search, too.
    find = data.find
    at = find(b"\xff", at)
    while True:
        while not data[at + 1]:
            at = find(b"\xff", at + 2)
        if at < 0:
            return len(data), restarts if is_regular else None
        if data[at + 1] in RESTARTS:
            is_regular &= data[at + 1] == RESTARTS[restarts % 8]
            restarts += 1
        elif data[at + 1] == 0xFF and (data[_find_marker_byte(data, at)] in (0x00, *RESTARTS)):
            # Fill bytes within the data; decoders skip them.
            is_regular = False
            at = _find_marker_byte(data, at) - 1
        else:
            return at, restarts if is_regular else None
        at = find(b"\xff", at + 2)


def _find_marker_byte(data: FileBytes, at: int) -> int:
    """The first byte that is not 0xFF."""
    while data[at] == 0xFF:
        at += 1
    return at


_NEEDED_METADATA = {APP0: b"JFIF\0", APP2: ICC_HEADER, APP14: b"Adobe"}


def list_pieces_for_decoding(segments: list[Segment], padding: bytes = b"") -> list[bytes | range]:
    """The picture and its colours, without what could disturb a decoder; padding is added to its data.

    There has to be a scan.
    """
    pieces: list[bytes | range] = [SOI]
    first = next(number for number, segment in enumerate(segments) if segment.marker == SOS)
    if segments[first].body[:1] == count_sequential_components(segments).to_bytes():
        # A decoder stops after such a scan, and may stumble over what follows.
        segments = segments[: first + 1]
    for marker, body, scan, _ in segments:
        if marker in DECODING_MARKERS or body.startswith(_NEEDED_METADATA.get(marker, b"-")):
            pieces += build_segment(marker, body), scan
    return [*pieces, padding, EOI]
