"""Records of image files: what a header says, what an operation accepts, what is sent to Rekognition."""

from dataclasses import dataclass
from typing import Literal

# How much is made anew: everything around the compressed picture, or the picture too.
type ImagePrivacy = Literal["headers", "reencode"]
type ImageFormat = Literal["jpeg", "png", "gif", "bmp", "tiff", "webp", "heic", "avif"]

MAX_FILE_BYTES = 100 * 1024 * 1024
# libjpeg writes no longer side (JPEG_MAX_DIMENSION).
MAX_SIDE = 65_500


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """The header of a file. Width and height are as displayed; `orientation` is the EXIF value, 1 to 8."""

    format: ImageFormat
    width: int
    height: int
    orientation: int = 1
    # Rekognition reads this kind of JPEG or PNG itself: it can be sent without decoding, once its metadata is removed.
    native: bool = False


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What an operation accepts: bytes of the file, and pixels of each side."""

    bytes: int
    min_side: int
    max_side: int | None = None

    @property
    def effective_max_side(self) -> int:
        """The longest side in pixels; where the operation has no limit, the longest side that a JPEG can have."""
        return min(self.max_side or MAX_SIDE, MAX_SIDE)


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """A file that Rekognition accepts. Width and height are as displayed, because boxes are relative to that."""

    body: bytes
    content_type: Literal["image/jpeg", "image/png"]
    width: int
    height: int

    def fits(self, limits: ImageLimits) -> bool:
        """Whether an operation with these limits accepts this file."""
        sides = self.width, self.height
        return (
            len(self.body) <= limits.bytes and limits.min_side <= min(sides) and max(sides) <= limits.effective_max_side
        )
