"""Inspects the image files that are sent: metadata besides the pixels, and what a viewer displays.

Independent of the product's own code.
"""

from io import BytesIO

from PIL import Image, ImageOps

from tests.odd_formats import Colour

# Lengths of a minimal JFIF segment, and of an EXIF segment with nothing but the orientation, with their length fields.
JFIF_LENGTH, MINIMAL_EXIF_LENGTH = 16, 34


def read_display(body: bytes) -> tuple[tuple[int, int], list[Colour]]:
    """Size and the colours of the four quadrants, as a viewer displays them."""
    image = ImageOps.exif_transpose(Image.open(BytesIO(body))).convert("RGB")
    width, height = image.size
    points = [(width * x // 4, height * y // 4) for y in (1, 3) for x in (1, 3)]
    colours = [image.getpixel(point) for point in points]
    return image.size, [colour for colour in colours if isinstance(colour, tuple) and len(colour) == 3]


def compute_max_difference(these: list[Colour], those: tuple[Colour, ...]) -> int:
    """The largest difference of any channel."""
    return max(abs(a - b) for this, that in zip(these, those, strict=True) for a, b in zip(this, that, strict=True))


def list_metadata(body: bytes) -> list[str]:
    """The names of everything in a JPEG or PNG that is not needed to display it."""
    return _list_png_metadata(body) if body.startswith(b"\x89PNG") else _list_jpeg_metadata(body)


def _list_png_metadata(body: bytes) -> list[str]:
    names, position = [], 8
    while position < len(body):
        kind = body[position + 4 : position + 8].decode()
        if kind not in ("IHDR", "IDAT", "IEND", "iCCP"):
            names.append(kind)
        position += 12 + int.from_bytes(body[position : position + 4])
        if kind == "IEND":
            break
    return names + ["trailing data"] * (position != len(body))


def _list_jpeg_metadata(body: bytes) -> list[str]:
    names, position = [], 2
    while body[position + 1] != 0xD9:
        marker, length = body[position + 1], int.from_bytes(body[position + 2 : position + 4])
        head = body[position + 4 : position + 16]
        harmless = (
            (marker == 0xE0 and length == JFIF_LENGTH)
            or (marker == 0xE1 and head.startswith(b"Exif\0\0MM\0*") and length == MINIMAL_EXIF_LENGTH)
            or (marker == 0xE2 and head.startswith(b"ICC_PROFILE\0"))
            or (marker == 0xEE and head.startswith(b"Adobe") and length == 14)
        )
        if (0xE0 <= marker <= 0xEF or marker == 0xFE) and not harmless:
            names.append(f"{marker:02x} {head!r}")
        position += 2 + length
        if marker == 0xDA:
            while body[position] != 0xFF or body[position + 1] in (0, *range(0xD0, 0xD8)):
                position += 1
    return names + ["trailing data"] * (position + 2 != len(body))
