"""TIFF: whether the strips or tiles of a page fit to its size (TIFF 6.0, sections 3 and 15).

A decoder makes room for what these tags say, not for the size of the picture.
"""

from dataclasses import dataclass

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.imaging.bounded_reader import ReadRange
from rekbridge_lambda.imaging.dimensions import MAX_SPARE_PIXELS
from rekbridge_lambda.imaging.formats.tiff_entries import VALUE_BYTES, read_byte_order, read_entries

WIDTH, HEIGHT, STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP, STRIP_BYTES, PLANAR = 256, 257, 273, 277, 278, 279, 284
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES = 322, 323, 324, 325
SEPARATE_PLANES = 2
SPARE_PIECES = 16


@dataclass(frozen=True, slots=True)
class PieceTag:
    """How many values a tag has, the first one, and where all of them end in the file."""

    count: int
    first: int
    end: int


def check_structure(read: ReadRange, file_bytes: int) -> None:
    """Refuse pieces that cannot be those of this picture. Raises UnreadableImage."""
    tags = read_piece_tags(read)
    for tag in tags.values():
        if tag.end > file_bytes:
            raise UnreadableImage("this TIFF cannot be decoded: a list of its parts is cut off")
    width, height = get_first(tags, WIDTH, 0), get_first(tags, HEIGHT, 0)
    planes = max(1, get_first(tags, SAMPLES, 1)) if get_first(tags, PLANAR, 1) == SEPARATE_PLANES else 1
    if TILE_WIDTH in tags or TILE_OFFSETS in tags:
        tile_width, tile_height = get_first(tags, TILE_WIDTH, 0), get_first(tags, TILE_HEIGHT, 0)
        if tile_width < 1 or tile_height < 1 or tile_width * tile_height > 2 * width * height + MAX_SPARE_PIXELS:
            raise UnreadableImage(
                f"this TIFF has tiles of {tile_width} × {tile_height} px for a picture of {width} × {height} px"
            )
        expected = divide_up(width, tile_width) * divide_up(height, tile_height) * planes
        check_pieces(tags, TILE_OFFSETS, TILE_BYTES, expected, file_bytes)
    else:
        rows = get_first(tags, ROWS_PER_STRIP, height) or height
        check_pieces(tags, STRIP_OFFSETS, STRIP_BYTES, divide_up(height, rows) * planes, file_bytes)


def check_pieces(tags: dict[int, PieceTag], offsets: int, lengths: int, expected: int, file_bytes: int) -> None:
    """Refuse many more strips or tiles than the picture has, or fewer, and the first of them beyond the file."""
    none = PieceTag(0, 0, 0)
    offset, length = tags.get(offsets, none), tags.get(lengths, none)
    # Some writers list a few too many, which decoders ignore.
    most = 2 * expected + SPARE_PIECES
    if not expected <= offset.count <= most or length.count > most:
        count = max(offset.count, length.count) if offset.count >= expected else offset.count
        raise UnreadableImage(f"this TIFF lists {count:,} strips or tiles, but a picture of its size has {expected:,}")
    if offset.first >= file_bytes or length.first > file_bytes:
        raise UnreadableImage("this TIFF cannot be decoded: its strips or tiles are cut off")


def read_piece_tags(read: ReadRange) -> dict[int, PieceTag]:
    """The tags of the first directory that are about sizes and pieces."""
    order = read_byte_order(read)
    tags: dict[int, PieceTag] = {}
    for tag, kind, count, field in read_entries(read, order):
        size = VALUE_BYTES.get(kind)
        if size is None or not count:
            continue
        if count * size <= 4:
            tags[tag] = PieceTag(count, int.from_bytes(field[:size], order), 0)
        elif tag in {STRIP_OFFSETS, STRIP_BYTES, TILE_OFFSETS, TILE_BYTES}:
            tags[tag] = PieceTag(count, 0, int.from_bytes(field, order) + count * size)
    return tags


def get_first(tags: dict[int, PieceTag], tag: int, default: int) -> int:
    """The first value of a tag."""
    return tags[tag].first if tag in tags else default


def divide_up(whole: int, part: int) -> int:
    """How many parts cover the whole."""
    return -(-whole // part)
