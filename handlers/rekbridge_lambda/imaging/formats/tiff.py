"""TIFF: the tags of the first page. EXIF blocks are small TIFF files."""

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader, ReadRange
from rekbridge_lambda.imaging.dimensions import orient_size
from rekbridge_lambda.imaging.formats.tiff_entries import VALUE_BYTES, read_byte_order, read_entries
from rekbridge_lambda.imaging.formats.tiff_layout import LAYOUT_TAGS, PixelLayout, check_layout, parse_layout
from rekbridge_lambda.imaging.formats.tiff_structure import check_structure

SUBFILE, WIDTH, HEIGHT, ORIENTATION, DNG_VERSION = 254, 256, 257, 274, 50706

# What precedes the small TIFF file in a JPEG, and sometimes in other files.
EXIF_HEADER = b"Exif\0\0"

# No layout that is read has more values in a tag: one for each of three or four colours and a few extra samples.
MAX_VALUES = 8


def read_header(reader: BoundedReader) -> ImageHeader:
    """Read the first page.

    Raises UnreadableImage for camera raw, whose first page is a preview, and for pixels that would be shown wrongly.
    """
    tags = read_tags(reader.read_at)
    if DNG_VERSION in tags or tags.get(SUBFILE, 0) & 1:
        raise UnreadableImage("this TIFF begins with a preview, as camera raw files do; send JPEG, PNG or a plain TIFF")
    if WIDTH not in tags or HEIGHT not in tags:
        raise UnreadableImage("this TIFF lacks its width or height")
    check_structure(reader.read_at, reader.size)
    check_layout(read_layout(reader.read_at))
    orientation = _validate_orientation(tags.get(ORIENTATION, 1))
    return ImageHeader("tiff", *orient_size(tags[WIDTH], tags[HEIGHT], orientation), orientation)


def read_layout(read: ReadRange) -> PixelLayout:
    """How the first page stores its pixels. Raises UnreadableImage where a tag has more values than a layout needs."""
    order = read_byte_order(read)
    values: dict[int, tuple[int, ...]] = {}
    for tag, kind, count, field in read_entries(read, order):
        if tag in LAYOUT_TAGS and kind in VALUE_BYTES:
            size = VALUE_BYTES[kind]
            if not 1 <= count <= MAX_VALUES:
                raise UnreadableImage(f"this TIFF has {count:,} values in tag {tag}, where {MAX_VALUES} are the most")
            data = field if size * count <= 4 else read(int.from_bytes(field, order), size * count)
            values[tag] = tuple(int.from_bytes(data[at : at + size], order) for at in range(0, size * count, size))
    return parse_layout(values, order)


def read_tags(read: ReadRange) -> dict[int, int]:
    """The single numbers among the first directory's tags."""
    order = read_byte_order(read)
    return {
        tag: int.from_bytes(field[: VALUE_BYTES[kind]], order)
        for tag, kind, _, field in read_entries(read, order)
        if kind in VALUE_BYTES
    }


def restrict_reads(read: ReadRange, start: int, length: int) -> ReadRange:
    """A read function for one part of a file, with offsets from the start of that part."""

    def within(offset: int, size: int) -> bytes:
        if offset + size > length:
            raise UnreadableImage("the EXIF block ends too early")
        return read(start + offset, size)

    return within


def read_orientation(read: ReadRange) -> int:
    """The orientation in an EXIF block; 1 for a block that cannot be read, as in every viewer."""
    try:
        return _validate_orientation(read_tags(read).get(ORIENTATION, 1))
    except UnreadableImage:
        return 1


def parse_orientation(exif: bytes) -> int:
    """The orientation in an EXIF block in memory."""
    return read_orientation(restrict_reads(lambda offset, size: exif[offset : offset + size], 0, len(exif)))


def build_orientation(orientation: int) -> bytes:
    """The smallest EXIF block, which holds nothing but an orientation."""
    tag = ORIENTATION.to_bytes(2) + b"\0\3" + b"\0\0\0\1" + orientation.to_bytes(2) + b"\0\0"
    return b"MM\0*" + b"\0\0\0\x08" + b"\0\1" + tag + b"\0\0\0\0"


def _validate_orientation(orientation: int) -> int:
    return orientation if 1 <= orientation <= 8 else 1
