"""Where the compressed data of a JPEG's scan ends, at a cost that is limited whatever the data is."""

import re

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.imaging.formats.jpeg import RESTARTS
from rekbridge_lambda.imaging.mapped_file import FileBytes

# Following millions of these, one by one, costs far more than decoding the picture. Encoders write no fill bytes into
# scans, a restart marker per row of blocks, and a stuffed zero every few hundred bytes.
MAX_FILL_BYTES = 1 << 20
MAX_RESTARTS = 1 << 21
MAX_STUFFED_ZEROS = 1 << 20

NO_FILL = re.compile(rb"[^\xff]")
NO_STUFFED_ZERO = re.compile(rb"\xff[^\x00]")


class ScanEnds:
    """Finds the ends of the scans of one file, which must begin, but not end, with 0xFF; its limits are for all."""

    def __init__(self, data: FileBytes) -> None:
        self._data = data
        self._fill, self._restarts = MAX_FILL_BYTES, MAX_RESTARTS
        self._stuffed = iter(range(MAX_STUFFED_ZEROS))

    def find(self, at: int, blocks: int) -> tuple[int, int | None]:
        """The end of a scan of so many blocks at most, and its number of restart markers.

        That is None where these are not in their order, or have fill bytes before them. Raises UnreadableImage.
        """
        data, restarts, is_regular = self._data, 0, True
        limit = min(blocks, self._restarts)
        while (at := self._find_marker(at)) >= 0:
            marker = data[at + 1]
            if marker in RESTARTS:
                is_regular &= marker == RESTARTS[restarts % 8]
                restarts += 1
                if restarts > limit:
                    raise UnreadableImage("this JPEG has more restart markers than its picture has blocks")
                at += 2
                continue
            end = self._find_fill_end(at) if marker == 0xFF else at
            if end == at or (data[end] and data[end] not in RESTARTS):
                break
            # Fill bytes within the data; decoders skip them.
            is_regular = False
            self._fill -= end - at
            if self._fill < 0:
                raise UnreadableImage(f"this JPEG has more than {MAX_FILL_BYTES:,} fill bytes in its scans")
            at = end - 1
        self._restarts -= restarts
        return len(data) if at < 0 else at, restarts if is_regular else None

    def _find_marker(self, at: int) -> int:
        """The next 0xFF without a stuffed zero; -1 where there is none."""
        # Searching for a single byte is C's memchr, several times faster than a pattern where hits are rare.
        # A search without a hit returns -1; data[0], which is looked at then, is 0xFF and ends the search, too.
        data, find = self._data, self._data.find
        at = find(b"\xff", at)
        for _ in self._stuffed:
            if data[at + 1]:
                return at
            at = find(b"\xff", at + 2)
        found = NO_STUFFED_ZERO.search(data, at) if at >= 0 else None
        return found.start() if found else -1

    def _find_fill_end(self, at: int) -> int:
        """The first byte that is not 0xFF."""
        found = NO_FILL.search(self._data, at)
        return found.start() if found else at
