"""Recognises formats by their first bytes, reads their headers, and names files that are not supported."""

from collections.abc import Callable

from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.bounded_reader import BoundedReader
from rekbridge_lambda.imaging.formats import bmp, gif, heif, jpeg, png, tiff, tiff_entries, webp

HEADER_READERS: list[tuple[Callable[[bytes], bool], Callable[[BoundedReader], ImageHeader]]] = [
    (lambda head: head.startswith(b"\xff\xd8\xff"), jpeg.read_header),
    (lambda head: head.startswith(png.SIGNATURE), png.read_header),
    (lambda head: head.startswith((b"GIF87a", b"GIF89a")), gif.read_header),
    (lambda head: head.startswith(b"BM"), bmp.read_header),
    (lambda head: head.startswith(tuple(tiff_entries.BYTE_ORDERS)), tiff.read_header),
    (lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP", webp.read_header),
    (lambda head: bool(heif.read_brands(head) & (heif.HEIC | heif.AVIF)), heif.read_header),
]

UNSUPPORTED_SIGNATURES = {
    b"%PDF": "a PDF",
    b"%!PS": "PostScript",
    b"8BPS": "a Photoshop file",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\x1f\x8b": "a gzip archive",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"\0\0\x01\0": "an icon",
    b"II+\0": "a BigTIFF",
    b"MM\0+": "a BigTIFF",
    b"\x1aE\xdf\xa3": "a video",
    b"RIFF": "a sound or a video",
    b"OggS": "a sound or a video",
    b"ID3": "a sound",
}


def describe_unsupported(head: bytes) -> str:
    """What kind of unsupported file begins like this."""
    for signature, name in UNSUPPORTED_SIGNATURES.items():
        if head.startswith(signature):
            return name
    if heif.read_brands(head):
        return "a video"
    return _describe_text(head) or "a file of unknown kind"


def _describe_text(head: bytes) -> str | None:
    # The head may end within a character, which "ignore" allows; the length check rejects other undecodable bytes.
    text = head.decode("utf-8", "ignore").lstrip("\ufeff \t\r\n").lower()
    if len(text.encode()) < len(head) // 2 or not all(c.isprintable() or c.isspace() for c in text):
        return None
    if text.startswith("<svg") or (text.startswith("<?xml") and "svg" in text):
        return "an SVG drawing"
    if text.startswith(("<!doctype html", "<html")):
        return "a web page"
    return "a text"
