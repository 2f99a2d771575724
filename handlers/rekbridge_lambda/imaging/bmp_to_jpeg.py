"""A plain BMP, from rows to JPEG band by band: its pixels never lie in memory all at once."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from rekbridge_lambda.imaging.formats import bmp, jpeg
from rekbridge_lambda.imaging.sniffing import Limits, Picture, Prepared, fitted

# Small enough for the processor's cache, large enough that starting an encoder is no matter.
BAND = 64

QUALITY = 90


def encoded(path: Path, picture: Picture, limits: Limits) -> Prepared | None:
    """The picture in its own size; None where another size is needed, or the file is no plain BMP."""
    size = picture.width, picture.height
    if picture.format != "bmp" or fitted(*size, limits) != size:
        return None
    with path.open("rb") as file:
        rows = bmp.rows(file.read(54), path.stat().st_size)
        if rows is None:
            return None
        body = jpeg.stacked(_bands(file, rows, *size), *size, BAND)
    prepared = Prepared(body, "image/jpeg", *size)
    return prepared if prepared.fits(limits) else None


def _bands(file: BinaryIO, rows: bmp.Rows, width: int, height: int) -> Iterator[bytes]:
    for top in range(0, height, BAND):
        many = min(BAND, height - top)
        first = height - top - many if rows.bottom_up else top
        file.seek(rows.offset + first * rows.stride)
        pixels = file.read(many * rows.stride)
        band = Image.frombytes("RGB", (width, many), pixels, "raw", "BGR", rows.stride, -1 if rows.bottom_up else 1)
        body = BytesIO()
        band.save(body, "JPEG", quality=QUALITY, subsampling="4:2:0")
        yield body.getvalue()
