"""Find what an image file holds besides its picture. Tests use it to prove that nothing private left the home region.

It does not look into compressed pictures, nor into the values of the tables that these use.
"""

import struct
from collections.abc import Iterator

from PIL import ExifTags, Image

from rekbridge_engine.jpeg_structure import JpegStructure
from rekbridge_engine.png_structure import SIGNATURE, PngStructure

# A block with nothing but one orientation: header, byte order, one directory with one tag.
ORIENTATION_BYTES = 8 + 2 + 12 + 4


def find_metadata(data: bytes) -> list[str]:
    """List what is in a JPEG or PNG besides the picture, by name and sorted: `exif:gps`, `icc:text`, `trailer`, …"""
    structure: JpegStructure | PngStructure
    if data.startswith(b"\xff\xd8"):
        structure = JpegStructure(data)
    elif data.startswith(SIGNATURE):
        structure = PngStructure(data)
    else:
        return []
    names = set(structure.scan())
    return sorted(names.union(*map(_scan_exif, structure.exif)))


def _scan_exif(body: bytes) -> Iterator[str]:
    exif = Image.Exif()
    try:
        exif.load(body)
        tags = {f"exif:{_format_tag(number)}" for number in exif}
    except (SyntaxError, struct.error, ValueError, KeyError):
        # Report it: EXIF that cannot be parsed may still hold private data.
        yield "exif:unreadable"
        return
    yield from tags or {"exif:empty"}
    if tags <= {"exif:orientation"} and len(body.removeprefix(b"Exif\0\0")) > ORIENTATION_BYTES:
        yield "exif:surplus"
    # The second directory is the camera's preview: the image before it was cropped or blurred.
    if exif.get_ifd(ExifTags.IFD.IFD1):
        yield "exif:thumbnail"


def _format_tag(number: int) -> str:
    if number == ExifTags.IFD.GPSInfo:
        return "gps"
    if number == ExifTags.IFD.Exif:
        return "camera"
    return ExifTags.TAGS.get(number, f"{number:#06x}").lower()
