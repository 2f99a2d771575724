"""Prepares images for Rekognition. What must be decoded is decoded in a process of its own."""

from typing import BinaryIO, Literal

from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, ImagePrivacy, PreparedImage
from rekbridge_lambda.imaging import rebuild

CONTENT_TYPES: dict[str, Literal["image/jpeg", "image/png"]] = {"jpeg": "image/jpeg", "png": "image/png"}


class PillowPreparer:
    """Puts an image together anew where that is enough; otherwise decodes it and writes an upright JPEG in sRGB.

    With the privacy "reencode" every image is decoded: compressed data may hold more than the picture.
    """

    def __init__(self, privacy: ImagePrivacy = "headers") -> None:
        self.privacy = privacy

    def prepare(self, file: BinaryIO, header: ImageHeader, limits: ImageLimits) -> PreparedImage:
        """A JPEG or PNG within the limits and without metadata. Raises Rejected."""
        if header.native and self.privacy == "headers":
            file.seek(0)
            body = rebuild.rebuild_image(header, file, limits)
            if body is not None:
                unchanged = PreparedImage(body, CONTENT_TYPES[header.format], header.width, header.height)
                if unchanged.fits(limits):
                    return unchanged
        # Imported here: most images need no decoding.
        from rekbridge_lambda.imaging.decoding.process import DECODER

        return DECODER.decode(file, header, limits)
