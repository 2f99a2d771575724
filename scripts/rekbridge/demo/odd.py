"""The photographs again, as files that Rekognition does not take, or that say more than their picture.

Equal input gives equal bytes, so that uploading them again is the same content again.
"""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageDraw

ROTATE = 6
GAP, WIDTH = 12, 800


def saved(image: Image.Image, form: str, **settings: Any) -> bytes:
    """The picture as a file of that format."""
    file = BytesIO()
    image.save(file, form, **settings)
    return file.getvalue()


def opened(photo: Path) -> Image.Image:
    """A photograph in RGB."""
    return Image.open(photo).convert("RGB")


def sideways(image: Image.Image, quality: int = 92) -> bytes:
    """As a camera on its side would store it: turned pixels, EXIF's word for it, and where the camera was."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = ROTATE
    exif[ExifTags.Base.Make] = "Rekbridge demo"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    return saved(image.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=quality, exif=exif)


def cut_out(image: Image.Image) -> bytes:
    """Only an ellipse of it can be seen; the rest is transparent."""
    mask = Image.new("L", image.size)
    ImageDraw.Draw(mask).ellipse((0, 0, *image.size), fill=255)
    image.putalpha(mask)
    return saved(image, "PNG")


def sixteen_bits(image: Image.Image) -> bytes:
    """Grey with 65,536 shades."""
    return saved(image.convert("I").point(lambda value: value * 257).convert("I;16"), "PNG")


def contact_sheet(*photos: Path) -> Image.Image:
    """Photographs of one width, one below the other on white."""
    images = [_wide(opened(photo)) for photo in photos]
    sheet, top = Image.new("RGB", (WIDTH, sum(image.height + GAP for image in images) - GAP), "white"), 0
    for image in images:
        sheet.paste(image, (0, top))
        top += image.height + GAP
    return sheet


def bomb(side: int = 50_000) -> bytes:
    """A small PNG whose header promises 2.5 gigapixels."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(side // 8 * 100), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def _wide(image: Image.Image) -> Image.Image:
    return image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
