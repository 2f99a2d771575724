"""Prepares images for Rekognition. What must be decoded is decoded in a process of its own."""

from typing import BinaryIO, Literal

from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, PreparedImage
from rekbridge_lambda.imaging import metadata

CONTENT_TYPES: dict[str, Literal["image/jpeg", "image/png"]] = {"jpeg": "image/jpeg", "png": "image/png"}


class PillowPreparer:
    """Removes metadata where that is enough; otherwise decodes and writes an upright JPEG in sRGB."""

    def prepare(self, file: BinaryIO, header: ImageHeader, limits: ImageLimits) -> PreparedImage:
        """A JPEG or PNG within the limits and without metadata. Raises Rejected."""
        if header.native:
            file.seek(0)
            body = metadata.strip_metadata(header, file)
            if body is not None:
                unchanged = PreparedImage(body, CONTENT_TYPES[header.format], header.width, header.height)
                if unchanged.fits(limits):
                    return unchanged
        # Imported here: most images need no decoding.
        from rekbridge_lambda.imaging.decoder_process import DECODER

        return DECODER.decode(file, header, limits)
