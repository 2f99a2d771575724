"""What the head of an image file tells, and what is too much to decode."""

from dataclasses import dataclass
from typing import Literal

from rekbridge_lambda.domain.errors import ImageTooLarge, UnreadableImage

Format = Literal["jpeg", "png", "gif", "bmp", "tiff", "webp", "heic", "avif"]

MAX_BYTES = 100 * 1024 * 1024
MAX_PIXELS = 60_000_000


@dataclass(frozen=True, slots=True)
class Picture:
    """Width and height as displayed, as far as the head tells; `orientation` is EXIF's for how the pixels lie."""

    format: Format
    width: int
    height: int
    orientation: int = 1
    # Rekognition reads this kind of JPEG or PNG itself: without its metadata it may go as it is.
    native: bool = False


def check(width: int, height: int) -> None:
    """Refuse what has no pixels, or more than Rekbridge decodes."""
    if width < 1 or height < 1:
        raise UnreadableImage(f"the picture has no pixels ({width} × {height})")
    if width * height > MAX_PIXELS:
        raise ImageTooLarge(
            f"{width} × {height} px are {width * height / 1e6:,.0f} megapixels; "
            f"Rekbridge takes up to {MAX_PIXELS / 1e6:.0f}"
        )


def displayed(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Width and height once the picture is turned upright.

    >>> displayed(4000, 3000, 6)
    (3000, 4000)
    """
    return (height, width) if orientation >= 5 else (width, height)
