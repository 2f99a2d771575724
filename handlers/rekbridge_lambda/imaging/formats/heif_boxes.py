"""Boxes of HEIC and AVIF (ISO/IEC 14496-12, 23008-12): items, their properties, where their data is."""

from collections.abc import Iterator
from dataclasses import dataclass

from rekbridge_lambda.domain.errors import UnreadableImage

# Two of one of these may mean different pictures to different decoders.
UNIQUE_BOXES = {b"pitm", b"iprp", b"iinf", b"iloc", b"iref", b"idat"}


@dataclass(frozen=True, slots=True)
class ItemData:
    """Where the data of an item begins: in the file, or in the `idat` box."""

    in_idat: bool
    offset: int
    length: int


def iterate_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of the boxes in a piece of data. Raises UnreadableImage."""
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        if not 8 <= length <= len(data) - at:
            raise UnreadableImage("this HEIF file has a broken box")
        yield data[at + 4 : at + 8], data[at + 8 : at + length]
        at += length


def read_boxes(meta: bytes) -> dict[bytes, bytes]:
    """The boxes of a meta box by kind. Raises UnreadableImage."""
    boxes: dict[bytes, bytes] = {}
    for kind, body in iterate_boxes(meta):
        if kind in boxes and kind in UNIQUE_BOXES:
            raise UnreadableImage("this HEIF file describes its pictures twice")
        boxes[kind] = body
    return boxes


def read_item_kinds(iinf: bytes) -> dict[int, bytes]:
    """The types of items by id."""
    kinds: dict[int, bytes] = {}
    for _, infe in iterate_boxes(iinf[6:] if iinf[:1] == b"\0" else iinf[8:]):
        # Behind a version, flags, an id that is longer from version 3 on, and a protection index.
        id_end = 8 if infe[:1] == b"\3" else 6
        kind = infe[id_end + 2 : id_end + 6]
        # libheif reads types of any bytes, but pi-heif 1.4.0 takes its process down with those that are no text.
        if not kind.isascii():
            raise UnreadableImage("this HEIF file has an item of no known type")
        kinds[int.from_bytes(infe[4:id_end])] = kind
    return kinds


def read_properties(iprp: bytes) -> dict[int, list[tuple[bytes, bytes]]]:
    """Kind and content of every item's properties, in their order; the whole box is read once."""
    boxes = list(iterate_boxes(iprp))
    listed = [entry for kind, body in boxes if kind == b"ipco" for entry in iterate_boxes(body)]
    properties: dict[int, list[tuple[bytes, bytes]]] = {}
    for kind, body in boxes:
        for item, index in _list_associations(body) if kind == b"ipma" else ():
            if 0 < index <= len(listed):
                properties.setdefault(item, []).append(listed[index - 1])
    return properties


def _list_associations(ipma: bytes) -> Iterator[tuple[int, int]]:
    """Which item has which of the listed properties, from 1."""
    wide_ids, wide_indexes = ipma[0] > 0, ipma[3] & 1
    id_size, index_size = (4 if wide_ids else 2), (2 if wide_indexes else 1)
    at = 8
    while at + id_size < len(ipma):
        item = int.from_bytes(ipma[at : at + id_size])
        at += id_size + 1
        end = at + ipma[at - 1] * index_size
        for start in range(at, end, index_size):
            # The top bit says whether the property is essential.
            yield item, int.from_bytes(ipma[start : start + index_size]) & (0x7FFF if wide_indexes else 0x7F)
        at = end


def read_size(properties: list[tuple[bytes, bytes]]) -> tuple[int, int] | None:
    """Width and height of an item; the last of several counts."""
    sizes = [body for kind, body in properties if kind == b"ispe" and len(body) >= 12]
    return (int.from_bytes(sizes[-1][4:8]), int.from_bytes(sizes[-1][8:12])) if sizes else None


def read_locations(iloc: bytes) -> dict[int, ItemData]:
    """The first extent of each item; items in other items are left out.

    Raises IndexError for a cut-off box, and UnreadableImage for extents that take no room in it.
    """
    version, sizes = iloc[0], iloc[4] << 8 | iloc[5]
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    id_size = 4 if version == 2 else 2
    count, at = int.from_bytes(iloc[6 : 6 + id_size]), 6 + id_size
    locations: dict[int, ItemData] = {}

    def read(size: int) -> int:
        nonlocal at
        if at + size > len(iloc):
            raise IndexError("the box of locations is cut off")
        at += size
        return int.from_bytes(iloc[at - size : at])

    for _ in range(count):
        item, method = read(id_size), (read(2) & 15 if version else 0)
        read(2)
        base, extents = read(base_size), read(2)
        if not extents:
            continue
        if not offset_size + length_size:
            raise UnreadableImage("this HEIF file does not say where the data of its pictures is")
        read(index_size)
        offset, length = read(offset_size), read(length_size)
        if method in (0, 1):
            locations[item] = ItemData(method == 1, base + offset, length)
        # The decoder reads the others.
        read((extents - 1) * (index_size + offset_size + length_size))
    return locations


def list_references(kind: bytes, item: int, iref: bytes) -> list[int]:
    """The items to which an item refers in this way."""
    id_size = 4 if iref[:1] == b"\1" else 2
    found: list[int] = []
    for reference, body in iterate_boxes(iref[4:]):
        if reference == kind and int.from_bytes(body[:id_size]) == item:
            ids = body[id_size + 2 :]
            found += [int.from_bytes(ids[at : at + id_size]) for at in range(0, len(ids), id_size)]
    return found
