"""GIF: the size of its canvas, and of its first frame (GIF89a specification)."""

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader

EXTENSION, FRAME = 0x21, 0x2C


def read_header(reader: BoundedReader) -> ImageHeader:
    """Read the size of the logical screen; browsers and decoders enlarge it for a first frame that is larger."""
    screen = reader.read_at(6, 7)
    sides = int.from_bytes(screen[:2], "little"), int.from_bytes(screen[2:4], "little")
    colours = 3 << (screen[4] & 7) + 1 if screen[4] & 0x80 else 0
    try:
        frame = _read_first_frame(reader, 13 + colours)
    except UnreadableImage:
        # Long comments before it, or a truncated file, about which the decoder knows more.
        frame = 0, 0
    return ImageHeader("gif", max(sides[0], frame[0]), max(sides[1], frame[1]))


def _read_first_frame(reader: BoundedReader, at: int) -> tuple[int, int]:
    """Where the first frame ends, to the right and at the bottom."""
    while (kind := reader.read_at(at, 1)[0]) == EXTENSION:
        at += 2
        while length := reader.read_at(at, 1)[0]:
            at += 1 + length
        at += 1
    if kind != FRAME:
        return 0, 0
    box = reader.read_at(at + 1, 8)
    left, top, width, height = (int.from_bytes(box[start : start + 2], "little") for start in range(0, 8, 2))
    return left + width, top + height
