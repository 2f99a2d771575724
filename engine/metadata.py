"""Find the metadata in an image file. Tests use it to prove that no private metadata left the home region.

Segments that a decoder needs are not reported: ICC profile, JFIF header, Adobe APP14.
"""

import re
import struct
from collections.abc import Iterator

from PIL import ExifTags, Image

_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
_XMP = (b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0")
_PNG = b"\x89PNG\r\n\x1a\n"
_NEEDED_TO_DECODE = {b"JFIF", b"JFXX", b"ICC_", b"Adob"}


def find_metadata(data: bytes) -> list[str]:
    """List the metadata in a JPEG or PNG, by name and sorted: `exif:gps`, `xmp`, `iptc`, `png:text`, `comment`, …"""
    if data.startswith(b"\xff\xd8"):
        return sorted(set(_scan_jpeg(data)))
    if data.startswith(_PNG):
        return sorted(set(_scan_png(data)))
    return []


def _scan_jpeg(data: bytes) -> Iterator[str]:
    offset = 2
    # Search after the first scan too: a progressive JPEG has several scans, and metadata may lie between them.
    while marker := _MARKER.search(data, offset):
        code, offset = marker[1][0], marker.end()
        if code == 0xD9:
            if data[offset:].strip(b"\0"):
                yield "trailer"
            return
        if code in {0x01, 0xD8}:
            continue
        if offset + 2 > len(data):
            return
        (length,) = struct.unpack_from(">H", data, offset)
        yield from _scan_segment(code, data[offset + 2 : offset + length])
        offset += max(length, 2)


def _scan_segment(code: int, body: bytes) -> Iterator[str]:
    if code == 0xFE:
        yield "comment"
    elif code == 0xE1 and body.startswith(b"Exif\0\0"):
        yield from _scan_exif(body)
    elif code == 0xE1 and body.startswith(_XMP):
        yield "xmp"
    elif code == 0xED:
        yield "iptc"
    elif 0xE0 <= code <= 0xEF and body[:4] not in _NEEDED_TO_DECODE:
        yield f"app{code - 0xE0}"


def _scan_png(data: bytes) -> Iterator[str]:
    offset = len(_PNG)
    while offset + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, offset)
        name, body = data[offset + 4 : offset + 8], data[offset + 8 : offset + 8 + length]
        offset += 12 + length
        if name in {b"tEXt", b"zTXt", b"iTXt"}:
            yield "xmp" if body.startswith(b"XML:com.adobe.xmp\0") else "png:text"
        elif name == b"eXIf":
            yield from _scan_exif(body)
        elif name == b"tIME":
            yield "png:time"
        elif name == b"IEND" and data[offset:].strip(b"\0"):
            yield "trailer"


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
    # The second directory is the camera's preview: the image before it was cropped or blurred.
    if exif.get_ifd(ExifTags.IFD.IFD1):
        yield "exif:thumbnail"


def _format_tag(number: int) -> str:
    if number == ExifTags.IFD.GPSInfo:
        return "gps"
    if number == ExifTags.IFD.Exif:
        return "camera"
    return ExifTags.TAGS.get(number, f"{number:#06x}").lower()
