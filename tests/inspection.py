"""An independent look into the files that leave: what they hold besides a picture, and what the picture shows."""

from io import BytesIO

from PIL import Image, ImageOps

from tests.odd_formats import Colour

# Minimal JFIF and EXIF have these lengths, their length fields included.
JFIF_LENGTH, ORIENTATION_ONLY = 16, 34


def seen(body: bytes) -> tuple[tuple[int, int], list[Colour]]:
    """Size and the four quadrants' colours, as a viewer shows them."""
    image = ImageOps.exif_transpose(Image.open(BytesIO(body))).convert("RGB")
    width, height = image.size
    spots = [(width * x // 4, height * y // 4) for y in (1, 3) for x in (1, 3)]
    colours = [image.getpixel(spot) for spot in spots]
    return image.size, [colour for colour in colours if isinstance(colour, tuple) and len(colour) == 3]


def difference(these: list[Colour], those: tuple[Colour, ...]) -> int:
    """The largest difference of any channel."""
    return max(abs(a - b) for this, that in zip(these, those, strict=True) for a, b in zip(this, that, strict=True))


def metadata(body: bytes) -> list[str]:
    """The names of everything in a JPEG or PNG that is no part of its picture."""
    return _in_png(body) if body.startswith(b"\x89PNG") else _in_jpeg(body)


def _in_png(body: bytes) -> list[str]:
    found, at = [], 8
    while at < len(body):
        kind = body[at + 4 : at + 8].decode()
        if kind not in ("IHDR", "IDAT", "IEND", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "sBIT"):
            found.append(kind)
        at += 12 + int.from_bytes(body[at : at + 4])
        if kind == "IEND":
            break
    return found + ["trailing data"] * (at != len(body))


def _in_jpeg(body: bytes) -> list[str]:
    found, at = [], 2
    while body[at + 1] != 0xD9:
        marker, length = body[at + 1], int.from_bytes(body[at + 2 : at + 4])
        head = body[at + 4 : at + 16]
        harmless = (
            (marker == 0xE0 and length == JFIF_LENGTH)
            or (marker == 0xE1 and head.startswith(b"Exif\0\0MM\0*") and length == ORIENTATION_ONLY)
            or (marker == 0xE2 and head.startswith(b"ICC_PROFILE\0"))
            or (marker == 0xEE and head.startswith(b"Adobe") and length == 14)
        )
        if (0xE0 <= marker <= 0xEF or marker == 0xFE) and not harmless:
            found.append(f"{marker:02x} {head!r}")
        at += 2 + length
        if marker == 0xDA:
            while body[at] != 0xFF or body[at + 1] in (0, *range(0xD0, 0xD8)):
                at += 1
    return found + ["trailing data"] * (at + 2 != len(body))
