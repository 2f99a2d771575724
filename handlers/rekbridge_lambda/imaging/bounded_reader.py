"""Reads a file here and there, and never much of it."""

from collections.abc import Callable

from rekbridge_lambda.domain.errors import UnreadableImage

Read = Callable[[int, int], bytes]

BUDGET = 64 * 1024

# One read tells most pictures; a JPEG's segments are then followed in small steps.
FIRST = 16 * 1024
STEP = 512


class Ranges:
    """Pieces of one file, each asked of `read(offset, length)` at most once, 64 KB in all."""

    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        self._size = size
        self._left = BUDGET
        self._held: list[tuple[int, bytes]] = []

    def take(self, offset: int, length: int) -> bytes:
        """Exactly these bytes. Raises UnreadableImage beyond the end of the file or of the budget."""
        if offset + length > self._size:
            raise UnreadableImage("the file ends before it tells the size of its picture")
        for start, piece in self._held:
            if start <= offset and offset + length <= start + len(piece):
                return piece[offset - start : offset - start + length]
        return self._fetch(offset, length)[:length]

    def _fetch(self, offset: int, length: int) -> bytes:
        wanted = max(length, STEP if self._held else FIRST)
        wanted = min(wanted, self._size - offset, self._left)
        if wanted < length:
            raise UnreadableImage(
                f"the file does not tell the size of its picture within {BUDGET // 1024} KB of headers"
            )
        piece = self._read(offset, wanted)
        if len(piece) != wanted:
            raise UnreadableImage("the file ends before it tells the size of its picture")
        self._left -= wanted
        self._held.append((offset, piece))
        return piece
