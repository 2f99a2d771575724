"""Reads parts of a file, and only a bounded number of bytes in all."""

from collections.abc import Callable

from rekbridge_lambda.domain.errors import UnreadableImage

type ReadRange = Callable[[int, int], bytes]

MAX_HEADER_BYTES = 64 * 1024
# One read is enough for most images; the segments of a JPEG are then followed in small steps.
FIRST_READ_BYTES = 16 * 1024
STEP_BYTES = 512
# Photos with depth or a panorama have hundreds of segments of 64 KB before the frame, and of each only the first ten
# bytes are needed: a file that has taken many steps goes on in smaller ones, so that the budget is enough.
MANY_READS, SMALL_STEP_BYTES = 32, 64
# In S3 each read is a request of some 20 ms: at most about 8 s, for 25 MB of segments.
MAX_READS = 400


class BoundedReader:
    """Parts of one file. Each part is requested from `read(offset, length)` once, and 64 KB and 400 reads in all."""

    def __init__(self, read: ReadRange, size: int) -> None:
        self._read = read
        # Bytes of the whole file.
        self.size = size
        self._budget = MAX_HEADER_BYTES
        self._pieces: list[tuple[int, bytes]] = []
        # What the storage raised: its errors say nothing about the file.
        self.storage_error: Exception | None = None

    def read_at(self, offset: int, length: int) -> bytes:
        """Exactly these bytes. Raises UnreadableImage beyond the end of the file or of the budget."""
        if offset < 0 or length < 0:
            raise UnreadableImage("the file refers to a place before its beginning")
        if offset + length > self.size:
            raise UnreadableImage("the file is truncated within its header")
        # Most often the last one, and there may be hundreds.
        for start, piece in reversed(self._pieces):
            if start <= offset and offset + length <= start + len(piece):
                return piece[offset - start : offset - start + length]
        return self._fetch(offset, length)[:length]

    def _fetch(self, offset: int, length: int) -> bytes:
        reads = len(self._pieces)
        step = FIRST_READ_BYTES if not reads else STEP_BYTES if reads <= MANY_READS else SMALL_STEP_BYTES
        wanted = min(max(length, step), self.size - offset, self._budget)
        if wanted < length or reads >= MAX_READS:
            raise UnreadableImage(
                f"the size of the image is not within the first {MAX_HEADER_BYTES // 1024} KB of headers, "
                f"or not within {MAX_READS} parts of them"
            )
        try:
            piece = self._read(offset, wanted)
        except Exception as error:
            self.storage_error = error
            raise
        if len(piece) != wanted:
            raise UnreadableImage("the file is truncated within its header")
        self._budget -= wanted
        self._pieces.append((offset, piece))
        return piece
