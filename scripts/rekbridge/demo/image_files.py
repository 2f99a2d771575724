"""Makes image files from photographs: formats that Rekognition does not accept, metadata, a decompression bomb.

Equal input gives equal bytes, so that a second run of the demo uploads the same content again.
"""

import struct
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageDraw

# EXIF orientation 6: a viewer rotates the image by 90 degrees clockwise.
EXIF_ROTATED = 6
GAP_PX, WIDTH_PX = 12, 1000


def encode_image(image: Image.Image, format: str, **settings: Any) -> bytes:
    """Encode an image in one of Pillow's formats."""
    file = BytesIO()
    image.save(file, format, **settings)
    return file.getvalue()


def load_photo(photo: Path) -> Image.Image:
    """Load a photograph as RGB."""
    return Image.open(photo).convert("RGB")


def encode_rotated_with_gps(image: Image.Image, quality: int = 92) -> bytes:
    """Encode as a camera held sideways does: rotated pixels, EXIF orientation, camera make and GPS position."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = EXIF_ROTATED
    exif[ExifTags.Base.Make] = "Rekbridge demo"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    return encode_image(image.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=quality, exif=exif)


def encode_with_transparency(image: Image.Image) -> bytes:
    """Encode as PNG, transparent outside an ellipse."""
    mask = Image.new("L", image.size)
    ImageDraw.Draw(mask).ellipse((0, 0, *image.size), fill=255)
    image.putalpha(mask)
    return encode_image(image, "PNG")


def encode_with_16_bits(image: Image.Image) -> bytes:
    """Encode a grey image as PNG with 65,536 shades."""
    return encode_image(image.convert("I").point(lambda value: value * 257).convert("I;16"), "PNG")


def encode_with_palette(image: Image.Image) -> bytes:
    """Encode as PNG with a palette of 64 colours."""
    return encode_image(image.quantize(64, Image.Quantize.FASTOCTREE), "PNG")


def build_contact_sheet(*rows: Sequence[Path]) -> Image.Image:
    """Build one image with rows of photographs on white; those of a row have one height and fill its width."""
    images = [_build_row([load_photo(photo) for photo in row]) for row in rows]
    sheet, top = Image.new("RGB", (WIDTH_PX, sum(image.height + GAP_PX for image in images) - GAP_PX), "white"), 0
    for image in images:
        sheet.paste(image, (0, top))
        top += image.height + GAP_PX
    return sheet


def build_decompression_bomb(side: int = 50_000) -> bytes:
    """Build a small PNG that would decode to a huge image: 2.5 gigapixels by default."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(side // 8 * 100), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_build_png_chunk(kind, body) for kind, body in chunks)


def _build_png_chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def _build_row(photos: Sequence[Image.Image]) -> Image.Image:
    width_per_height = sum(photo.width / photo.height for photo in photos)
    height = round((WIDTH_PX - GAP_PX * (len(photos) - 1)) / width_per_height)
    row, left = Image.new("RGB", (WIDTH_PX, height), "white"), 0
    for photo in photos:
        width = round(height * photo.width / photo.height)
        row.paste(photo.resize((width, height), Image.Resampling.LANCZOS), (left, 0))
        left += width + GAP_PX
    return row
