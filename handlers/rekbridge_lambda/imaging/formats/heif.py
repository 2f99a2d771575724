"""HEIC and AVIF: boxes within boxes (ISO/IEC 14496-12, 23008-12); the meta box describes the primary picture."""

import struct

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageFormat, ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader
from rekbridge_lambda.imaging.formats import heif_boxes
from rekbridge_lambda.imaging.formats.heif_coded_sizes import check_coded_sizes
from rekbridge_lambda.imaging.formats.heif_colours import check_colours

HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
AVIF = {b"avif", b"avis"}
# Pixels a side: measured with pi-heif 1.4.0 (libheif 1.23), which takes more for an attack on its memory.
MAX_CROPPED = 64


def read_brands(head: bytes) -> set[bytes]:
    """What a file says it conforms to; empty where it is none of this family."""
    if head[4:8] != b"ftyp":
        return set()
    listed = head[8 : min(int.from_bytes(head[:4]), len(head))]
    # The second word is a version.
    return {listed[at : at + 4] for at in range(0, len(listed), 4) if at != 4}


def read_header(reader: BoundedReader) -> ImageHeader:
    """The primary picture, as its `clap` crops and its `irot` turns it. The decoder does both."""
    boxes = heif_boxes.read_boxes(_read_meta_box(reader)[4:])
    kinds = heif_boxes.read_item_kinds(boxes[b"iinf"]) if b"iinf" in boxes else {}
    primary = _read_primary(boxes.get(b"pitm", b""))
    all_properties = heif_boxes.read_properties(boxes.get(b"iprp", b""))
    properties = all_properties.get(primary, [])
    size = heif_boxes.read_size(properties)
    if size is None:
        raise UnreadableImage("this HEIF file does not tell the size of its picture")
    check_coded_sizes(reader, boxes, all_properties, kinds, primary)
    check_colours(properties)
    image_format: ImageFormat = "avif" if read_brands(reader.read_at(0, 64)) & AVIF else "heic"
    width, height = _apply_transformations(properties, size, image_format)
    return ImageHeader(image_format, width, height)


def _apply_transformations(
    properties: list[tuple[bytes, bytes]], size: tuple[int, int], image_format: ImageFormat
) -> tuple[int, int]:
    """Width and height as displayed: properties apply in their order (ISO/IEC 23008-12, 6.5.1)."""
    for kind, body in properties:
        if kind == b"clap":
            size = _crop(body, size, image_format)
        elif kind == b"irot" and body and body[0] % 2:
            size = size[1], size[0]
    return size


def _crop(clap: bytes, size: tuple[int, int], image_format: ImageFormat) -> tuple[int, int]:
    """The part that is shown (ISO/IEC 14496-12, `clap`). Raises UnreadableImage where the decoder would not crop."""
    # Four fractions: width, height, and how far the centre of the part is right of and below that of the picture.
    width, height, right, down = struct.iter_unpack(">2i", clap[:32])
    shown = _read_side(width, right, size[0]), _read_side(height, down, size[1])
    # Pillow's plugin sends the whole; libheif accepts coded pictures that exceed what is shown by up to 64 px a side.
    room = (shown[0] + MAX_CROPPED) * (shown[1] + MAX_CROPPED)
    if shown != size and (image_format == "avif" or size[0] * size[1] > room):
        raise UnreadableImage(
            f"this picture of {size[0]} × {size[1]} px is to be shown cropped to {shown[0]} × {shown[1]} px; "
            "send it cropped"
        )
    return shown


def _read_side(part: tuple[int, ...], moved: tuple[int, ...], side: int) -> int:
    """Length of the part along one side. Decoders differ about parts of pixels, and about parts beyond the picture."""
    (length, parts), (shift, shift_parts) = part, moved
    if parts <= 0 or shift_parts <= 0 or length <= 0 or length % parts:
        raise UnreadableImage("this HEIF file says to crop its picture to no whole number of pixels")
    length //= parts
    if 2 * abs(shift) > (side - length) * shift_parts:
        raise UnreadableImage("this HEIF file says to crop its picture to more than there is of it")
    return length


def _read_primary(pitm: bytes) -> int:
    if len(pitm) < 6:
        raise UnreadableImage("this HEIF file does not say which of its pictures is the main one")
    return int.from_bytes(pitm[4:6] if pitm[0] == 0 else pitm[4:8])


def _read_meta_box(reader: BoundedReader) -> bytes:
    at = 0
    while True:
        head = reader.read_at(at, 8)
        length, start = int.from_bytes(head[:4]), 8
        if length == 1:
            length, start = int.from_bytes(reader.read_at(at + 8, 8)), 16
        if length < start:
            raise UnreadableImage("this HEIF file describes no picture")
        if head[4:] == b"meta":
            return reader.read_at(at + start, length - start)
        at += length
