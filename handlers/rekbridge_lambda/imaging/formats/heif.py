"""HEIC and AVIF: boxes within boxes (ISO/IEC 14496-12, 23008-12); the meta box describes the primary picture."""

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader
from rekbridge_lambda.imaging.formats import heif_boxes
from rekbridge_lambda.imaging.formats.heif_coded_sizes import check_coded_sizes
from rekbridge_lambda.imaging.formats.heif_colours import check_colours

HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
AVIF = {b"avif", b"avis"}


def read_brands(head: bytes) -> set[bytes]:
    """What a file says it conforms to; empty where it is none of this family."""
    if head[4:8] != b"ftyp":
        return set()
    listed = head[8 : min(int.from_bytes(head[:4]), len(head))]
    # The second word is a version.
    return {listed[at : at + 4] for at in range(0, len(listed), 4) if at != 4}


def read_header(reader: BoundedReader) -> ImageHeader:
    """The primary picture, as its `irot` turns it. The decoder does the turning."""
    boxes = heif_boxes.read_boxes(_read_meta_box(reader)[4:])
    kinds = heif_boxes.read_item_kinds(boxes[b"iinf"]) if b"iinf" in boxes else {}
    primary = _read_primary(boxes.get(b"pitm", b""))
    properties = heif_boxes.read_properties(primary, boxes.get(b"iprp", b""))
    size = heif_boxes.read_size(properties)
    if size is None:
        raise UnreadableImage("this HEIF file does not tell the size of its picture")
    check_coded_sizes(reader, boxes, kinds, primary, size)
    check_colours(properties)
    width, height = size
    if sum(body[0] & 3 for kind, body in properties if kind == b"irot" and body) % 2:
        width, height = height, width
    head = reader.read_at(0, 64)
    return ImageHeader("avif" if read_brands(head) & AVIF else "heic", width, height)


def _read_primary(pitm: bytes) -> int:
    if len(pitm) < 6:
        raise UnreadableImage("this HEIF file does not say which of its pictures is the main one")
    return int.from_bytes(pitm[4:6] if pitm[0] == 0 else pitm[4:8])


def _read_meta_box(reader: BoundedReader) -> bytes:
    at = 0
    while True:
        head = reader.read_at(at, 8)
        length, start = int.from_bytes(head[:4]), 8
        if length == 1:
            length, start = int.from_bytes(reader.read_at(at + 8, 8)), 16
        if length < start:
            raise UnreadableImage("this HEIF file describes no picture")
        if head[4:] == b"meta":
            return reader.read_at(at + start, length - start)
        at += length
