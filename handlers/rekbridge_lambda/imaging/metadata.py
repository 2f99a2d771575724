"""Removes metadata without decoding, from images that Rekognition reads itself."""

from typing import BinaryIO

from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.formats import jpeg, png


def strip_metadata(header: ImageHeader, file: BinaryIO) -> bytes | None:
    """The same pixels without metadata; None when the image must be decoded."""
    if not header.native:
        return None
    if header.format == "png":
        return png.strip_metadata(file)
    return jpeg.strip_metadata(file, header.orientation)
