"""TIFF: the entries of the first directory (TIFF 6.0, section 2)."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.imaging.bounded_reader import ReadRange

type ByteOrder = Literal["little", "big"]

BYTE_ORDERS: dict[bytes, ByteOrder] = {b"II*\0": "little", b"MM\0*": "big"}

# Bytes per value of the whole numbers: BYTE, SHORT and LONG.
VALUE_BYTES = {1: 1, 3: 2, 4: 4}


class Entry(NamedTuple):
    """One tag; `field` holds its values, or where in the file they are."""

    tag: int
    kind: int
    value_count: int
    field: bytes


def read_byte_order(read: ReadRange) -> ByteOrder:
    """The order of the bytes of all numbers. Raises UnreadableImage."""
    order = BYTE_ORDERS.get(read(0, 4))
    if order is None:
        raise UnreadableImage("this TIFF has an unknown byte order")
    return order


def read_entries(read: ReadRange, order: ByteOrder) -> Iterator[Entry]:
    """The entries of the first directory."""
    directory = int.from_bytes(read(4, 4), order)
    count = int.from_bytes(read(directory, 2), order)
    entries = read(directory + 2, 12 * count)
    for at in range(0, len(entries), 12):
        tag, kind = (int.from_bytes(entries[start : start + 2], order) for start in (at, at + 2))
        yield Entry(tag, kind, int.from_bytes(entries[at + 4 : at + 8], order), entries[at + 8 : at + 12])
