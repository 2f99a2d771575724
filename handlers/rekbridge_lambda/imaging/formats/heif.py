"""HEIC and AVIF: boxes within boxes (ISO/IEC 14496-12, 23008-12); the meta box describes the primary picture."""

from collections.abc import Iterator

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader

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
    meta = _read_meta_box(reader)
    primary, properties = 0, b""
    for kind, body in _iterate_boxes(meta[4:]):
        if kind == b"pitm":
            primary = int.from_bytes(body[4:6] if body[0] == 0 else body[4:8])
        elif kind == b"iprp":
            properties = body
        elif kind == b"iinf":
            _check_items(body)
    width, height, quarters = _read_shape(primary, properties)
    if quarters % 2:
        width, height = height, width
    head = reader.read_at(0, 64)
    return ImageHeader("avif" if read_brands(head) & AVIF else "heic", width, height)


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


def _iterate_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        if not 8 <= length <= len(data) - at:
            raise UnreadableImage("this HEIF file has a broken box")
        yield data[at + 4 : at + 8], data[at + 8 : at + length]
        at += length


def _check_items(iinf: bytes) -> None:
    """libheif reads types of any bytes, but pi-heif 1.4.0 takes the whole process down with those that are no text."""
    for _, infe in _iterate_boxes(iinf[6:] if iinf[:1] == b"\0" else iinf[8:]):
        # Behind a version, flags, an id that is longer from version 3 on, and a protection index.
        start = 10 if infe[:1] == b"\3" else 8
        if not infe[start : start + 4].isascii():
            raise UnreadableImage("this HEIF file has an item of no known type")


def _read_shape(primary: int, properties: bytes) -> tuple[int, int, int]:
    """Width, height and quarter turns of an item."""
    boxes = list(_iterate_boxes(properties))
    listed = [entry for kind, body in boxes if kind == b"ipco" for entry in _iterate_boxes(body)]
    size, quarters = None, 0
    for index in (index for kind, body in boxes if kind == b"ipma" for index in _list_associations(primary, body)):
        kind, body = listed[index - 1] if 0 < index <= len(listed) else (b"", b"")
        if kind == b"ispe" and len(body) >= 12:
            size = int.from_bytes(body[4:8]), int.from_bytes(body[8:12])
        elif kind == b"irot" and body:
            quarters = body[0] & 3
    if size is None:
        raise UnreadableImage("this HEIF file does not tell the size of its picture")
    return *size, quarters


def _list_associations(item: int, ipma: bytes) -> Iterator[int]:
    """Which of the listed properties, from 1, belong to an item."""
    wide_ids, wide_indexes = ipma[0] > 0, ipma[3] & 1
    id_size, index_size = (4 if wide_ids else 2), (2 if wide_indexes else 1)
    at = 8
    while at + id_size < len(ipma):
        found = int.from_bytes(ipma[at : at + id_size])
        at += id_size + 1
        end = at + ipma[at - 1] * index_size
        if found == item:
            for start in range(at, end, index_size):
                # The top bit says whether the property is essential.
                yield int.from_bytes(ipma[start : start + index_size]) & (0x7FFF if wide_indexes else 0x7F)
        at = end
