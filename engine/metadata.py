"""What an image file still tells besides its picture: the proof that nothing private left home.

What a decoder needs is not reported: ICC profile, JFIF header, Adobe APP14.
"""

import re
import struct
from collections.abc import Iterator

from PIL import ExifTags, Image

_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
_XMP = (b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0")
_PNG = b"\x89PNG\r\n\x1a\n"
_DRAWING = {b"JFIF", b"JFXX", b"ICC_", b"Adob"}


def embedded(data: bytes) -> list[str]:
    """Names of the metadata in a JPEG or PNG, sorted: `exif:gps`, `xmp`, `iptc`, `png:text`, `comment`, …"""
    if data.startswith(b"\xff\xd8"):
        return sorted(set(_in_jpeg(data)))
    if data.startswith(_PNG):
        return sorted(set(_in_png(data)))
    return []


def _in_jpeg(data: bytes) -> Iterator[str]:
    at = 2
    # Also behind the first scan: a progressive JPEG has several, and anything may stand between them.
    while marker := _MARKER.search(data, at):
        code, at = marker[1][0], marker.end()
        if code == 0xD9:
            if data[at:].strip(b"\0"):
                yield "trailer"
            return
        if code in {0x01, 0xD8}:
            continue
        if at + 2 > len(data):
            return
        (length,) = struct.unpack_from(">H", data, at)
        yield from _in_segment(code, data[at + 2 : at + length])
        at += max(length, 2)


def _in_segment(code: int, body: bytes) -> Iterator[str]:
    if code == 0xFE:
        yield "comment"
    elif code == 0xE1 and body.startswith(b"Exif\0\0"):
        yield from _in_exif(body)
    elif code == 0xE1 and body.startswith(_XMP):
        yield "xmp"
    elif code == 0xED:
        yield "iptc"
    elif 0xE0 <= code <= 0xEF and body[:4] not in _DRAWING:
        yield f"app{code - 0xE0}"


def _in_png(data: bytes) -> Iterator[str]:
    at = len(_PNG)
    while at + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
        if name in {b"tEXt", b"zTXt", b"iTXt"}:
            yield "xmp" if body.startswith(b"XML:com.adobe.xmp\0") else "png:text"
        elif name == b"eXIf":
            yield from _in_exif(body)
        elif name == b"tIME":
            yield "png:time"
        elif name == b"IEND" and data[at:].strip(b"\0"):
            yield "trailer"


def _in_exif(body: bytes) -> Iterator[str]:
    exif = Image.Exif()
    try:
        exif.load(body)
        tags = {f"exif:{_tag(number)}" for number in exif}
    except (SyntaxError, struct.error, ValueError, KeyError):
        # Unreadable is not harmless: the bytes are there.
        yield "exif:unreadable"
        return
    yield from tags or {"exif:empty"}
    # A second directory is the camera's own preview: the picture before it was cropped or blurred.
    if exif.get_ifd(ExifTags.IFD.IFD1):
        yield "exif:thumbnail"


def _tag(number: int) -> str:
    if number == ExifTags.IFD.GPSInfo:
        return "gps"
    if number == ExifTags.IFD.Exif:
        return "camera"
    return ExifTags.TAGS.get(number, f"{number:#06x}").lower()
