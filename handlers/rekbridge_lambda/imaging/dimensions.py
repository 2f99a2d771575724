"""Width and height of images: limits against decompression bombs, orientation, scaling."""

from rekbridge_lambda.domain.errors import ImageTooLarge, ImageTooSmall, UnreadableImage
from rekbridge_lambda.domain.images import ImageLimits

MAX_PIXELS = 60_000_000
# A small picture may be in one tile of a common size, four times as large as the most common, 512 × 512.
MAX_SPARE_PIXELS = 1024 * 1024
# Enlarging a smaller image would not bring details back.
MIN_SIDE = 16


def check_pixel_count(width: int, height: int) -> None:
    """Refuse an image without pixels, or with more than Rekbridge decodes. Raises UnreadableImage or ImageTooLarge."""
    if width < 1 or height < 1:
        raise UnreadableImage(f"the image has no pixels ({width} × {height})")
    if width * height > MAX_PIXELS:
        raise ImageTooLarge(
            f"{width} × {height} px are {width * height / 1e6:,.0f} megapixels; "
            f"Rekbridge accepts up to {MAX_PIXELS / 1e6:.0f}"
        )


def orient_size(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Width and height after the image is turned upright.

    >>> orient_size(4000, 3000, 6)
    (3000, 4000)
    """
    return (height, width) if orientation >= 5 else (width, height)


def match_proportions(width: int, height: int, upright: tuple[int, int]) -> tuple[int, int]:
    """A header's size, turned if the picture prepared from the whole file turned out to be.

    The EXIF of WebP, and sometimes of PNG, comes after the pixels, where reading a header does not get to.

    >>> match_proportions(4000, 3000, (1500, 2000))
    (3000, 4000)
    """
    as_read, turned = abs(width * upright[1] - height * upright[0]), abs(height * upright[1] - width * upright[0])
    return (height, width) if turned < as_read else (width, height)


def fit_within(width: int, height: int, limits: ImageLimits) -> tuple[int, int]:
    """The nearest size with both sides within the limits and the same proportions. Raises ImageTooSmall.

    >>> fit_within(4000, 3000, ImageLimits(bytes=5_242_880, min_side=80, max_side=2000))
    (2000, 1500)
    >>> fit_within(40, 60, ImageLimits(bytes=5_242_880, min_side=80))
    (80, 120)
    """
    short, long = sorted((width, height))
    if short < MIN_SIDE and short < limits.min_side:
        raise ImageTooSmall(f"{width} × {height} px is too small: each side needs {MIN_SIDE} px or more")
    if long > limits.effective_max_side:
        factor = limits.effective_max_side / long
    elif short < limits.min_side:
        factor = limits.min_side / short
    else:
        return width, height
    size = round(width * factor), round(height * factor)
    if min(size) < limits.min_side or max(size) > limits.effective_max_side:
        raise ImageTooSmall(
            f"{width} × {height} px cannot be scaled to sides of {limits.min_side} to {limits.effective_max_side} px"
        )
    return size
