"""JPEG in pieces: its segments, and the compressed data of its scans, which is copied without being decoded."""

import re
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
    SOI,
    SOS,
    build_segment,
)
from rekbridge_lambda.imaging.formats.jpeg_scan_end import ScanEnds
from rekbridge_lambda.imaging.mapped_file import FileBytes

# A decoder goes through all blocks for every scan: 4,000 scans in 473 KB cost it 53 s. Encoders write about 10; with 64
# the largest image costs about one second.
MAX_SCANS = 64
MAX_SEGMENTS = 10_000
# What decoders skip between segments; cameras leave a few bytes there.
MAX_JUNK_BYTES = 1 << 20
# Fill bytes, stuffed zeros, TEM and restart markers have no meaning there.
MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")

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

    Raises UnreadableImage for so many scans, segments, restart markers or skipped bytes that decoding or reading would
    cost far more than the file's size.
    """
    # The byte after 0xFF is read without a bounds check, so the data must not end with 0xFF.
    if data[-1:] == b"\xff":
        data = data[:].rstrip(b"\xff")
    ends, blocks = ScanEnds(data), 0
    segments, scans, at, skipped = list[Segment](), 0, len(SOI), 0
    while found := MARKER.search(data, at):
        skipped += found.start() - at
        if skipped > MAX_JUNK_BYTES:
            raise UnreadableImage(f"this JPEG has more than {MAX_JUNK_BYTES:,} bytes between its segments")
        at = found.start()
        marker = data[at + 1]
        if marker == EOI[1]:
            return JpegSegments(segments, is_complete=True)
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker not in KNOWN_MARKERS or not at + 4 <= end <= len(data):
            break
        body = data[at + 4 : end]
        if marker == SOS:
            at, restarts = ends.find(end, blocks)
            segments.append(Segment(marker, body, range(end, at), restarts))
            scans += 1
        else:
            blocks = _count_blocks(body) if marker in FRAME_MARKERS else blocks
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


def _count_blocks(frame: bytes) -> int:
    """The blocks of 8 by 8 of the largest component; a height of 0 may be given later, so it counts as the largest."""
    height, width = int.from_bytes(frame[1:3]) or 0xFFFF, int.from_bytes(frame[3:5])
    return -(-height // 8) * -(-width // 8)


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
