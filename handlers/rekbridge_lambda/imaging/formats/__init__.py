"""How each image format begins and where it tells its size, and names for files that are something else."""

from collections.abc import Callable

from rekbridge_lambda.imaging.bounded_reader import Ranges
from rekbridge_lambda.imaging.dimensions import Picture
from rekbridge_lambda.imaging.formats import bmp, gif, heif, jpeg, png, tiff, webp

READERS: list[tuple[Callable[[bytes], bool], Callable[[Ranges], Picture]]] = [
    (lambda head: head.startswith(b"\xff\xd8\xff"), jpeg.read),
    (lambda head: head.startswith(png.SIGNATURE), png.read),
    (lambda head: head.startswith((b"GIF87a", b"GIF89a")), gif.read),
    (lambda head: head.startswith(b"BM"), bmp.read),
    (lambda head: head.startswith(tuple(tiff.BYTE_ORDERS)), tiff.read),
    (lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP", webp.read),
    (lambda head: bool(heif.brands(head) & (heif.HEIC | heif.AVIF)), heif.read),
]

STRANGERS = {
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


def stranger(head: bytes) -> str:
    """What a file is that begins like this and is none of ours."""
    for begins_so, name in STRANGERS.items():
        if head.startswith(begins_so):
            return name
    if heif.brands(head):
        return "a video"
    return _text(head) or "a file of unknown kind"


def _text(head: bytes) -> str | None:
    # The head may end within a character: "ignore" forgives that, and the count what else is no text.
    text = head.decode("utf-8", "ignore").lstrip("\ufeff \t\r\n").lower()
    if len(text.encode()) < len(head) // 2 or not all(c.isprintable() or c.isspace() for c in text):
        return None
    if text.startswith("<svg") or (text.startswith("<?xml") and "svg" in text):
        return "an SVG drawing"
    if text.startswith(("<!doctype html", "<html")):
        return "a web page"
    return "a text"
