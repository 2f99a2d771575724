"""Converts a plain BMP to JPEG band by band, so that its pixels are never all in memory."""

from collections.abc import Iterator
from io import SEEK_END, BytesIO
from typing import BinaryIO

from PIL import Image

from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, PreparedImage
from rekbridge_lambda.imaging.dimensions import fit_within
from rekbridge_lambda.imaging.formats import bmp, jpeg

# Rows per band: small enough for the processor's cache, large enough that starting an encoder costs little.
BAND_ROWS = 64

QUALITY = 90


def convert_bmp(file: BinaryIO, header: ImageHeader, limits: ImageLimits) -> PreparedImage | None:
    """The image in its own size; None when another size is needed, or the file is not a plain BMP."""
    size = header.width, header.height
    if header.format != "bmp" or fit_within(*size, limits) != size:
        return None
    file_bytes = file.seek(0, SEEK_END)
    file.seek(0)
    rows = bmp.locate_rows(file.read(54), file_bytes)
    if rows is None:
        return None
    body = jpeg.join_bands(_encode_bands(file, rows, *size), *size, BAND_ROWS)
    prepared = PreparedImage(body, "image/jpeg", *size)
    return prepared if prepared.fits(limits) else None


def _encode_bands(file: BinaryIO, rows: bmp.PixelRows, width: int, height: int) -> Iterator[bytes]:
    for top in range(0, height, BAND_ROWS):
        many = min(BAND_ROWS, height - top)
        first = height - top - many if rows.bottom_up else top
        file.seek(rows.offset + first * rows.stride)
        pixels = file.read(many * rows.stride)
        band = Image.frombytes("RGB", (width, many), pixels, "raw", "BGR", rows.stride, -1 if rows.bottom_up else 1)
        body = BytesIO()
        band.save(body, "JPEG", quality=QUALITY, subsampling="4:2:0")
        yield body.getvalue()
