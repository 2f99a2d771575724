"""Prepares images for Rekognition. Pillow is loaded only for images that must be decoded."""

from pathlib import Path
from typing import Literal

from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, PreparedImage
from rekbridge_lambda.imaging import metadata

CONTENT_TYPES: dict[str, Literal["image/jpeg", "image/png"]] = {"jpeg": "image/jpeg", "png": "image/png"}


class PillowPreparer:
    """Removes metadata where that is enough; otherwise decodes and writes an upright JPEG in sRGB."""

    def prepare(self, path: Path, header: ImageHeader, limits: ImageLimits) -> PreparedImage:
        """A JPEG or PNG within the limits and without metadata. Raises Rejected."""
        if header.native:
            with path.open("rb") as file:
                body = metadata.strip_metadata(header, file)
            if body is not None:
                unchanged = PreparedImage(body, CONTENT_TYPES[header.format], header.width, header.height)
                if unchanged.fits(limits):
                    return unchanged
        # Imported here: loading Pillow costs more than everything that an image without decoding needs.
        from rekbridge_lambda.imaging import bmp_to_jpeg, reencode

        return bmp_to_jpeg.convert_bmp(path, header, limits) or reencode.reencode(path, header, limits)
