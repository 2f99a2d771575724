"""Prepares pictures for Rekognition; Pillow itself is loaded only for those that must be decoded."""

from pathlib import Path
from typing import Literal

from rekbridge_lambda.imaging import metadata
from rekbridge_lambda.imaging.sniffing import Limits, Picture, Prepared

CONTENT_TYPES: dict[str, Literal["image/jpeg", "image/png"]] = {"jpeg": "image/jpeg", "png": "image/png"}


class Pillow:
    """Drops metadata where that is enough, else decodes and writes an upright JPEG in sRGB."""

    def prepare(self, path: Path, picture: Picture, limits: Limits) -> Prepared:
        """A JPEG or PNG within the limits and free of metadata. Raises Rejected."""
        if picture.native:
            with path.open("rb") as file:
                body = metadata.dropped(picture, file)
            if body is not None:
                as_is = Prepared(body, CONTENT_TYPES[picture.format], picture.width, picture.height)
                if as_is.fits(limits):
                    return as_is
        # Here, not above: its start costs more than everything that a picture sent as it is needs.
        from rekbridge_lambda.imaging import bmp_to_jpeg, reencode

        return bmp_to_jpeg.encoded(path, picture, limits) or reencode.encoded(path, picture, limits)
