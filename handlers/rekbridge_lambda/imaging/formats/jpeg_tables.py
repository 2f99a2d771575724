"""JPEG: frame, scans and tables, read strictly and written anew (ITU-T T.81, annex B)."""

from typing import NamedTuple

from rekbridge_lambda.imaging.formats.jpeg import PROGRESSIVE


class UnusualStructure(Exception):
    """A decoder may show the picture, but it has parts that cannot be put together anew."""


def require(condition: bool) -> None:
    """Raises UnusualStructure unless the condition holds."""
    if not condition:
        raise UnusualStructure


class Component(NamedTuple):
    """One of the planes: its id in the file, sampling factors and quantization table."""

    id: int
    horizontal: int
    vertical: int
    table: int


class ScanHeader(NamedTuple):
    """Components by their index in the frame, with their Huffman tables; spectral and bit range."""

    components: tuple[tuple[int, int, int], ...]
    first: int
    last: int
    high: int
    low: int


class JpegFrame:
    """The frame, and how precisely each coefficient of each component is known: -1 is not at all, 0 is fully."""

    def __init__(self, marker: int, height: int, width: int, components: tuple[Component, ...]) -> None:
        self.marker, self.height, self.width, self.components = marker, height, width, components
        self.precision = [[-1] * 64 for _ in components]

    @property
    def is_progressive(self) -> bool:
        """Whether coefficients come in several scans."""
        return self.marker == PROGRESSIVE

    def build(self, ids: bytes, tables: list[int]) -> bytes:
        """The body of the frame header, with these ids of the components, and these numbers of their tables."""
        parts = (
            bytes((number, part.horizontal << 4 | part.vertical, tables.index(part.table)))
            for number, part in zip(ids, self.components, strict=True)
        )
        head = b"\x08" + self.height.to_bytes(2) + self.width.to_bytes(2) + bytes((len(ids),))
        return b"".join((head, *parts))

    def record(self, scan: ScanHeader) -> None:
        """Note what a scan adds; every bit of a coefficient may come only once (G.1.1.1.1)."""
        for index, _, _ in scan.components:
            known = self.precision[index]
            for coefficient in range(scan.first, scan.last + 1):
                require(known[coefficient] == (scan.high or -1))
                known[coefficient] = scan.low

    def count_units(self, scan: ScanHeader) -> int:
        """How many units (MCUs) a scan has; between two restart markers is a fixed number of them (A.2)."""
        widest = max(part.horizontal for part in self.components)
        highest = max(part.vertical for part in self.components)
        if len(scan.components) > 1:
            return -(-self.width // (8 * widest)) * -(-self.height // (8 * highest))
        part = self.components[scan.components[0][0]]
        columns, rows = -(-self.width * part.horizontal // widest), -(-self.height * part.vertical // highest)
        return -(-columns // 8) * -(-rows // 8)

    def count_restarts(self, scan: ScanHeader, interval: int) -> int:
        """The restart markers in a scan: one after every interval but the last; an interval of 0 has none."""
        return (self.count_units(scan) - 1) // interval if interval else 0


def parse_frame(marker: int, body: bytes) -> JpegFrame:
    """A frame of 8 bits with one or three components."""
    require(len(body) > 6 and body[0] == 8 and body[5] in (1, 3) and len(body) == 6 + 3 * body[5])
    parts = (body[at : at + 3] for at in range(6, len(body), 3))
    components = tuple(Component(part[0], part[1] >> 4, part[1] & 15, part[2]) for part in parts)
    require(len({part.id for part in components}) == len(components))
    require(all(1 <= part.horizontal <= 4 and 1 <= part.vertical <= 4 and part.table <= 3 for part in components))
    if len(components) == 1:
        # Sampling is relative: alone it means nothing (A.2.2).
        components = (components[0]._replace(horizontal=1, vertical=1),)
    height, width = int.from_bytes(body[1:3]), int.from_bytes(body[3:5])
    require(height > 0 and width > 0)
    return JpegFrame(marker, height, width, components)


def parse_scan(body: bytes, frame: JpegFrame) -> ScanHeader:
    """A scan's header; its parameters have to be as the standard says."""
    require(len(body) > 0 and 1 <= body[0] <= len(frame.components) and len(body) == 4 + 2 * body[0])
    indexes = {part.id: index for index, part in enumerate(frame.components)}
    parts = [(indexes.get(body[at], -1), body[at + 1] >> 4, body[at + 1] & 15) for at in range(1, len(body) - 3, 2)]
    listed = [index for index, _, _ in parts]
    require(listed == sorted(set(listed)) and listed[0] >= 0 and all(max(dc, ac) <= 3 for _, dc, ac in parts))
    sampling = (frame.components[index] for index in listed)
    require(len(listed) == 1 or sum(part.horizontal * part.vertical for part in sampling) <= 10)
    first, last, high, low = *body[-3:-1], body[-1] >> 4, body[-1] & 15
    if frame.is_progressive:
        require(last == 0 if first == 0 else first <= last <= 63 and len(listed) == 1)
        require(low <= 13 and high in (0, low + 1))
    else:
        require((first, last, high, low) == (0, 63, 0, 0))
    return ScanHeader(tuple(parts), first, last, high, low)


def build_scan(scan: ScanHeader, frame: JpegFrame, ids: bytes, dc: list[int], ac: list[int]) -> bytes:
    """The body of a scan's header; tables get their place in these lists as number, and 0 where the scan uses none."""
    parts = (
        bytes((ids[index], (dc.index(dc_table) if dc else 0) << 4 | (ac.index(ac_table) if ac else 0)))
        for index, dc_table, ac_table in scan.components
    )
    end = bytes((scan.first, scan.last, scan.high << 4 | scan.low))
    return b"".join((bytes((len(scan.components),)), *parts, end))


def list_table_classes(scan: ScanHeader, frame: JpegFrame) -> tuple[bool, bool]:
    """Whether a scan uses Huffman tables for DC and for AC; bits that refine DC are not coded."""
    if not frame.is_progressive:
        return True, True
    return scan.first == 0 and scan.high == 0, scan.first > 0


def split_quantization(body: bytes) -> dict[int, bytes]:
    """The tables of a DQT by number, each as a body of its own; values of 16 bits only where they are needed."""
    tables, at = dict[int, bytes](), 0
    while at < len(body):
        wide, number = body[at] >> 4, body[at] & 15
        values = body[at + 1 : at + 1 + 64 * (1 + wide)]
        require(wide <= 1 and number <= 3 and len(values) == 64 * (1 + wide) and number not in tables)
        at += 1 + len(values)
        if wide and not any(values[::2]):
            wide, values = 0, values[1::2]
        tables[number] = bytes((wide << 4 | number,)) + values
    return tables


def split_huffman(body: bytes) -> dict[int, bytes]:
    """The tables of a DHT by class and number, each as a body of its own."""
    tables, at = dict[int, bytes](), 0
    while at < len(body):
        key, counts = body[at], body[at + 1 : at + 17]
        symbols = body[at + 17 : at + 17 + sum(counts)]
        require(key & 0xEC == 0 and len(counts) == 16 and key not in tables)
        require(0 < len(symbols) == sum(counts) == len(set(symbols)))
        # The codes of each length have to fit below those that are taken (C.2).
        require(sum(count << (15 - index) for index, count in enumerate(counts)) <= 1 << 16)
        # A DC symbol is a number of bits; the low half of an AC symbol is one.
        require(max(symbols) <= 11 if key < 0x10 else all(symbol & 15 <= 10 for symbol in symbols))
        tables[key] = body[at : at + 17] + symbols
        at += 17 + len(symbols)
    return tables
