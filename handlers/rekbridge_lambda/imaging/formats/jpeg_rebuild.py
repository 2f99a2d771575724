"""JPEG put together anew from its frame, scans and the tables that these use; no byte of anything else is kept."""

from itertools import takewhile

from rekbridge_lambda.imaging.formats.jpeg import (
    APP0,
    APP2,
    APP14,
    COMMON_FRAME_MARKERS,
    DHT,
    DQT,
    DRI,
    EOI,
    JFIF,
    METADATA_MARKERS,
    MIN_ADOBE_BYTES,
    MIN_JFIF_BYTES,
    SOI,
    SOS,
    build_orientation_segment,
    build_segment,
)
from rekbridge_lambda.imaging.formats.jpeg_segments import (
    ICC_HEADER,
    JpegSegments,
    Segment,
    split_segments,
)
from rekbridge_lambda.imaging.formats.jpeg_tables import (
    JpegFrame,
    ScanHeader,
    UnusualStructure,
    build_scan,
    list_table_classes,
    parse_frame,
    parse_scan,
    require,
    split_huffman,
    split_quantization,
)
from rekbridge_lambda.imaging.mapped_file import FileBytes

YCBCR_TRANSFORM, RGB_TRANSFORM = 1, 0


def rebuild(data: FileBytes, orientation: int) -> bytes | None:
    """The same pixels; None where the file has to be decoded, because its structure or its colours are unusual.

    Raises UnreadableImage for a file that nobody should decode.
    """
    jpeg = split_segments(data)
    try:
        return b"".join((SOI, *_build_head(jpeg, orientation), *_build_body(jpeg, data), EOI))
    except UnusualStructure:
        return None


def _build_head(jpeg: JpegSegments, orientation: int) -> list[bytes]:
    # What comes after the first scan is too late to say how colours are stored.
    segments = list(takewhile(lambda segment: segment.marker != SOS, jpeg.segments))
    parts = next((body[5] for marker, body, *_ in segments if marker in COMMON_FRAME_MARKERS and len(body) > 5), 0)
    transform = _find_transform(segments)
    adobe = b"" if transform is None or parts == 1 else b"Adobe\0\x64\0\0\0\0" + bytes((transform,))
    return [
        JFIF if _has_jfif(segments) else b"",
        build_orientation_segment(orientation),
        _build_profile_segment(segments, is_grey=parts == 1),
        build_segment(APP14, adobe) if adobe else b"",
    ]


def _build_profile_segment(segments: list[Segment], is_grey: bool) -> bytes:
    chunks = [body[len(ICC_HEADER) :] for marker, body, *_ in segments if _is_profile(marker, body)]
    if not chunks:
        return b""
    # Imported here: many images have no profile.
    from rekbridge_lambda.imaging import colour

    profile = colour.choose_profile(_join_profile(chunks), is_grey)
    if profile is None:
        raise UnusualStructure
    return build_segment(APP2, ICC_HEADER + b"\1\1" + profile) if profile else b""


def _is_profile(marker: int, body: bytes) -> bool:
    return marker == APP2 and body.startswith(ICC_HEADER)


def _join_profile(chunks: list[bytes]) -> bytes:
    """A profile may be split; every part has its number and the number of parts (ICC.1, B.4)."""
    numbers = [tuple(chunk[:2]) for chunk in chunks]
    require(numbers == [(number, len(chunks)) for number in range(1, len(chunks) + 1)])
    return b"".join(chunk[2:] for chunk in chunks)


def _has_jfif(segments: list[Segment]) -> bool:
    return any(m == APP0 and body.startswith(b"JFIF\0") and len(body) >= MIN_JFIF_BYTES for m, body, *_ in segments)


def _find_transform(segments: list[Segment]) -> int | None:
    """How Adobe's segment says that colours are stored; None without one."""
    found = {
        body[11]
        for marker, body, *_ in segments
        if marker == APP14 and body.startswith(b"Adobe") and len(body) >= MIN_ADOBE_BYTES
    }
    require(len(found) <= 1 and found <= {YCBCR_TRANSFORM, RGB_TRANSFORM})
    return next(iter(found), None)


class _BodyBuilder:
    """Frame, scans and tables. A table is written before the first scan that uses it, and where it has changed."""

    def __init__(self, data: FileBytes) -> None:
        self.data = memoryview(data)
        self.pieces: list[bytes | memoryview] = []
        self.frame: JpegFrame | None = None
        self.ids = b""
        # Numbers of quantization tables, in the order of the components; ours are their places here.
        self.places: list[int] = []
        self.interval = b"\0\0"
        # The tables as they are defined now, and as they were written last, by marker and number.
        self.tables: dict[tuple[int, int], bytes] = {}
        self.written: dict[tuple[int, int], bytes] = {}

    def define(self, marker: int, body: bytes) -> None:
        """Take a table, the restart interval or the frame."""
        if marker == DQT:
            self.tables |= {(DQT, number): table for number, table in split_quantization(body).items()}
        elif marker == DHT:
            self.tables |= {(DHT, number): table for number, table in split_huffman(body).items()}
        elif marker == DRI:
            require(len(body) == 2)
            self.interval = body
        elif marker not in METADATA_MARKERS:
            require(marker in COMMON_FRAME_MARKERS and self.frame is None)
            self.frame = parse_frame(marker, body)
            self.places = list(dict.fromkeys(part.table for part in self.frame.components))
            found = bytes(part.id for part in self.frame.components)
            # Decoders recognise RGB by these letters; other ids mean nothing.
            self.ids = found if found == b"RGB" else bytes(range(1, len(found) + 1))

    def add_scan(self, segment: Segment) -> None:
        """Write a scan with what it needs."""
        if self.frame is None:
            raise UnusualStructure
        frame, scan = self.frame, parse_scan(segment.body, self.frame)
        # A component's quantization table is the one that is defined when its first scan begins.
        first = [frame.components[index] for index, *_ in scan.components if max(frame.precision[index]) < 0]
        has_frame = any(known > -1 for precision in frame.precision for known in precision)
        for part in first:
            self.write_table(DQT, part.table, self.places.index(part.table))
        if not has_frame:
            self.pieces.append(build_segment(frame.marker, frame.build(self.ids, self.places)))
        frame.record(scan)
        dc, ac = list_tables(scan, frame)
        for place, number in enumerate(dc):
            self.write_table(DHT, number, place)
        for place, number in enumerate(ac):
            self.write_table(DHT, 0x10 | number, 0x10 | place)
        # What follows a surplus restart marker would be skipped by every decoder.
        restarts = frame.count_restarts(scan, int.from_bytes(self.interval))
        require(segment.restarts == restarts)
        # An interval longer than the scan could be any number.
        interval = self.interval if restarts else b"\0\0"
        if self.written.get((DRI, 0), b"\0\0") != interval:
            self.written[DRI, 0] = interval
            self.pieces.append(build_segment(DRI, interval))
        self.pieces.append(build_segment(SOS, build_scan(scan, frame, self.ids, dc, ac)))
        self.pieces.append(self.data[segment.scan.start : segment.scan.stop])

    def write_table(self, marker: int, number: int, place: int) -> None:
        """Write a table under a number of ours, unless it is what was written last under that."""
        table = self.tables.get((marker, number))
        if table is None:
            raise UnusualStructure
        table = bytes((table[0] & 0xF0 | place & 0x0F,)) + table[1:]
        if self.written.get((marker, place)) != table:
            self.written[marker, place] = table
            self.pieces.append(build_segment(marker, table))


def list_tables(scan: ScanHeader, frame: JpegFrame) -> tuple[list[int], list[int]]:
    """The Huffman tables for DC and for AC that a scan uses, in the order of its components."""
    uses_dc, uses_ac = list_table_classes(scan, frame)
    dc = dict.fromkeys(dc for _, dc, _ in scan.components) if uses_dc else {}
    ac = dict.fromkeys(ac for _, _, ac in scan.components) if uses_ac else {}
    return list(dc), list(ac)


def _build_body(jpeg: JpegSegments, data: FileBytes) -> list[bytes | memoryview]:
    require(jpeg.is_complete)
    builder = _BodyBuilder(data)
    for segment in jpeg.segments:
        if segment.marker == SOS:
            builder.add_scan(segment)
        else:
            builder.define(segment.marker, segment.body)
    # Every component has been seen; what never gets precise is the encoder's choice.
    require(builder.frame is not None and all(precision[0] >= 0 for precision in builder.frame.precision))
    return builder.pieces
