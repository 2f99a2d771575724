"""JPEG without its end: whether all of the picture is there."""

from rekbridge_lambda.imaging.formats.jpeg import COMMON_FRAME_MARKERS, DRI, SOS
from rekbridge_lambda.imaging.formats.jpeg_segments import Segment, count_sequential_components
from rekbridge_lambda.imaging.formats.jpeg_tables import UnusualStructure, parse_frame, parse_scan, require


def has_all_scans(segments: list[Segment]) -> bool:
    """Whether the scans of a file without its end tell everything: each component, and of progressive ones each bit.

    How far the data of each scan goes is known here only from its restart markers.
    """
    scans = [segment for segment in segments if segment.marker == SOS]
    wanted, interval = count_sequential_components(segments), b""
    if wanted and DRI not in {segment.marker for segment in segments}:
        return sum(int.from_bytes(scan.body[:1]) for scan in scans) >= wanted
    try:
        [frame] = [parse_frame(marker, body) for marker, body, *_ in segments if marker in COMMON_FRAME_MARKERS]
        for segment in segments:
            interval = segment.body if segment.marker == DRI else interval
            if segment.marker == SOS:
                scan = parse_scan(segment.body, frame)
                frame.record(scan)
                needed = frame.count_restarts(scan, int.from_bytes(interval))
                require(segment.restarts is None or segment.restarts >= needed)
    except (UnusualStructure, ValueError):
        return False
    return not any(any(precision) for precision in frame.precision)
