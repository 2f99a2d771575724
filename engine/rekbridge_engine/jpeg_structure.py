"""What a JPEG holds besides its picture, found by following every byte (ITU-T T.81). Shares no code with Rekbridge."""

import re
from collections.abc import Callable, Iterator
from math import ceil

from rekbridge_engine.profiles import find_private_parts

SOI, EOI, SOS, DQT, DHT, DRI, COMMENT = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xFE
FRAMES = (0xC0, 0xC1, 0xC2)
STANDALONE = {0x01, *range(0xD0, 0xD9)}
ICC, EXIF = b"ICC_PROFILE\0", b"Exif\0\0"
XMP = (b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0")
END_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]", re.DOTALL)
RESTART = re.compile(rb"\xff[\xd0-\xd7]")


class JpegStructure:
    """One pass over a JPEG. `exif` collects its EXIF blocks, which somebody else reads."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.exif: list[bytes] = []
        self.profile: list[bytes] = []
        # Tables and the restart interval that no scan has used yet.
        self.unused: set[tuple[int, int]] = set()
        # Horizontal and vertical sampling and quantization table, by the id of the component.
        self.components: dict[int, tuple[int, int, int]] = {}
        self.height = self.width = 0
        self.in_scan: list[int] = []
        self.scanned: set[int] = set()
        self.is_progressive, self.interval = False, 0

    def scan(self) -> Iterator[str]:
        """Yield a name for everything that the picture does not need."""
        at = 2
        while at + 1 < len(self.data):
            if self.data[at] != 0xFF or self.data[at + 1] in (0x00, 0xFF):
                yield "jpeg:junk"
                at = self.data.find(b"\xff", at + 1)
                if at < 0:
                    break
                continue
            marker = self.data[at + 1]
            if marker == EOI:
                yield from self.report_end(at + 2)
                return
            if marker in STANDALONE:
                yield "jpeg:junk"
                at += 2
                continue
            end = at + 2 + int.from_bytes(self.data[at + 2 : at + 4])
            yield from self.read_segment(marker, self.data[at + 4 : end])
            at = max(end, at + 4)
            if marker == SOS:
                if self.interval and not self.count_restarts():
                    yield "jpeg:interval-surplus"
                start, match = at, END_OF_SCAN.search(self.data, at)
                at = match.start() if match else len(self.data)
                if len(RESTART.findall(self.data, start, at)) > self.count_restarts():
                    yield "jpeg:restart-surplus"
        yield from self.report_end(len(self.data))
        yield "jpeg:no-end"

    def report_end(self, end: int) -> Iterator[str]:
        """Yield what is known only at the end of image."""
        if self.profile:
            yield from find_private_parts(b"".join(self.profile))
        if self.unused:
            yield "jpeg:spare-table"
        if end < len(self.data):
            yield "trailer"

    def read_segment(self, marker: int, body: bytes) -> Iterator[str]:
        """Yield what one segment holds."""
        if marker == DQT:
            yield from self.define_tables(marker, body, lambda at: 1 + 64 * (1 + (body[at] >> 4)))
        elif marker == DHT:
            yield from self.define_tables(marker, body, lambda at: 17 + sum(body[at + 1 : at + 17]))
        elif marker == DRI:
            yield from self.define_interval(body)
        elif marker == SOS:
            yield from self.read_scan(body)
        elif marker in FRAMES:
            yield from self.read_frame(marker, body)
        elif marker == COMMENT:
            yield "comment"
        elif 0xE0 <= marker <= 0xEF:
            yield from self.read_application(marker - 0xE0, body)
        else:
            yield f"jpeg:marker-{marker:02x}"

    def read_application(self, number: int, body: bytes) -> Iterator[str]:
        """Yield what an application's segment holds."""
        if number == 0 and body.startswith(b"JFIF\0"):
            if len(body) != 14 or any(body[12:]):
                yield "jfif:thumbnail"
        elif number == 0 and body.startswith(b"JFXX\0"):
            yield "jfxx"
        elif number == 1 and body.startswith(EXIF):
            self.exif.append(body)
        elif number == 1 and body.startswith(XMP):
            yield "xmp"
        elif number == 2 and body.startswith(ICC):
            self.profile.append(body[len(ICC) + 2 :])
        elif number == 13:
            yield "iptc"
        elif number == 14 and body.startswith(b"Adobe"):
            if len(body) != 12 or body[5:7] != b"\0\x64" or any(body[7:11]):
                yield "adobe:surplus"
        else:
            yield f"app{number}"

    def define_tables(self, marker: int, body: bytes, measure: Callable[[int], int]) -> Iterator[str]:
        """Note the tables of a segment as unused."""
        at = 0
        while at < len(body):
            key, size = (marker, body[at] & (0x0F if marker == DQT else 0x1F)), measure(at)
            if key in self.unused:
                yield "jpeg:spare-table"
            if at + size > len(body):
                yield "jpeg:table-surplus"
                return
            self.unused.add(key)
            at += size

    def define_interval(self, body: bytes) -> Iterator[str]:
        """Note the restart interval as unused."""
        if len(body) != 2 or (DRI, 0) in self.unused:
            yield "jpeg:interval-surplus"
        self.interval = int.from_bytes(body[:2])
        self.unused.add((DRI, 0))

    def read_frame(self, marker: int, body: bytes) -> Iterator[str]:
        """Note the components and their quantization tables."""
        if self.components:
            yield "jpeg:second-frame"
        if len(body) < 6 or len(body) != 6 + 3 * body[5]:
            yield "jpeg:frame-surplus"
        if len(body) > 7 and body[5] == 1 and body[7] != 0x11:
            # Sampling is relative: alone it means nothing (A.2.2).
            yield "jpeg:sampling-surplus"
        self.is_progressive = marker == FRAMES[2]
        self.height, self.width = int.from_bytes(body[1:3]), int.from_bytes(body[3:5])
        parts = (body[at : at + 3] for at in range(6, len(body) - 2, 3))
        self.components = {part[0]: (part[1] >> 4, part[1] & 15, part[2]) for part in parts}

    def count_restarts(self) -> int:
        """The restart markers that the last scan needs: one fewer than its intervals (A.2)."""
        parts = [self.components[number] for number in self.in_scan if number in self.components]
        if not self.interval or not parts:
            return 0
        widest, highest = (max(part[axis] for part in self.components.values()) or 1 for axis in (0, 1))
        across, down = (
            (8 * widest, 8 * highest) if len(parts) > 1 else (8 * widest / parts[0][0], 8 * highest / parts[0][1])
        )
        return (ceil(self.width / across) * ceil(self.height / down) - 1) // self.interval

    def read_scan(self, body: bytes) -> Iterator[str]:
        """Note the tables that a scan uses."""
        count = body[0] if body else 0
        if len(body) != 4 + 2 * count or count == 0:
            yield "jpeg:scan-surplus"
            return
        first, last, bits = body[-3:]
        self.in_scan = list(body[1:-3:2])
        if not self.is_progressive and (first, last, bits) != (0, 63, 0):
            yield "jpeg:scan-surplus"
        for at in range(1, 2 * count, 2):
            component, dc, ac = body[at], body[at + 1] >> 4, body[at + 1] & 15
            if component in self.scanned and not self.is_progressive:
                yield "jpeg:repeated-scan"
            if component not in self.scanned:
                self.unused.discard((DQT, self.components.get(component, (0, 0, -1))[2]))
            self.scanned.add(component)
            if not self.is_progressive or (first == 0 and bits < 16):
                self.unused.discard((DHT, dc))
            if not self.is_progressive or first > 0:
                self.unused.discard((DHT, 0x10 | ac))
        self.unused.discard((DRI, 0))
