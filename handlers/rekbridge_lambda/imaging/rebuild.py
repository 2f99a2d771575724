"""Puts an image together anew, without decoding it, where Rekognition reads its kind itself.

What is sent is made of an allow-list: the compressed picture with the tables that it uses, and what we write ourselves.
"""

from typing import BinaryIO

from rekbridge_lambda.domain.images import ImageHeader, ImageLimits
from rekbridge_lambda.imaging.formats import jpeg_rebuild, png_rebuild
from rekbridge_lambda.imaging.mapped_file import map_file


def rebuild_image(header: ImageHeader, file: BinaryIO, limits: ImageLimits) -> bytes | None:
    """The same pixels and nothing else; None when the image must be decoded. Raises UnreadableImage."""
    if not header.native:
        return None
    if header.format == "png":
        return png_rebuild.rebuild(file, limits.bytes)
    return jpeg_rebuild.rebuild(map_file(file), header.orientation)
