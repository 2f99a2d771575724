"""What counts as an image here, what Rekognition takes, and how a picture is fitted to that."""

from dataclasses import dataclass
from typing import Literal

from rekbridge_lambda.domain.errors import ImageTooLarge, ImageTooSmall, UnreadableImage
from rekbridge_lambda.imaging.bounded_reader import Ranges, Read
from rekbridge_lambda.imaging.dimensions import MAX_BYTES, Picture, check
from rekbridge_lambda.imaging.formats import READERS, stranger

__all__ = ["Limits", "Picture", "Prepared", "fitted", "sniff", "weigh"]

# libjpeg writes no longer side (JPEG_MAX_DIMENSION).
LONGEST_SIDE = 65_500

# Smaller pictures show nothing that enlarging would bring back.
LEAST_SIDE = 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What an operation takes: bytes of the file, and pixels of each side."""

    bytes: int
    min_side: int
    max_side: int | None = None

    @property
    def longest(self) -> int:
        """The longest side, where the operation itself has no limit the one that a JPEG can have."""
        return min(self.max_side or LONGEST_SIDE, LONGEST_SIDE)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that Rekognition takes; width and height as displayed, for boxes are relative to that."""

    body: bytes
    content_type: Literal["image/jpeg", "image/png"]
    width: int
    height: int

    def fits(self, limits: Limits) -> bool:
        """Whether an operation with these limits takes it too."""
        sides = self.width, self.height
        return len(self.body) <= limits.bytes and limits.min_side <= min(sides) and max(sides) <= limits.longest


def weigh(size: int) -> None:
    """Refuse a file by the number of its bytes. Raises UnreadableImage or ImageTooLarge."""
    if size == 0:
        raise UnreadableImage("the file is empty")
    if size > MAX_BYTES:
        raise ImageTooLarge(f"the file has {size / 2**20:,.1f} MiB; Rekbridge takes up to {MAX_BYTES >> 20}")


def sniff(read: Read, size: int) -> Picture:
    """Tell a picture by its content, from at most 64 KB of ranges. Raises Rejected with the reason."""
    weigh(size)
    ranges = Ranges(read, size)
    head = ranges.take(0, min(size, 64))
    for begins_so, reader in READERS:
        if begins_so(head):
            picture = reader(ranges)
            check(picture.width, picture.height)
            return picture
    raise UnreadableImage(
        f"this is {stranger(head)}, not an image Rekbridge can read; send JPEG, PNG, GIF, BMP, TIFF, WebP, HEIC or AVIF"
    )


def fitted(width: int, height: int, limits: Limits) -> tuple[int, int]:
    """The size nearest to the picture's own that has both sides within the limits, in proportion.

    >>> fitted(4000, 3000, Limits(bytes=5_242_880, min_side=80, max_side=2000))
    (2000, 1500)
    >>> fitted(40, 60, Limits(bytes=5_242_880, min_side=80))
    (80, 120)
    """
    short, long = sorted((width, height))
    if short < LEAST_SIDE and short < limits.min_side:
        raise ImageTooSmall(f"{width} × {height} px is too small: each side needs {LEAST_SIDE} px or more")
    if long > limits.longest:
        factor = limits.longest / long
    elif short < limits.min_side:
        factor = limits.min_side / short
    else:
        return width, height
    size = round(width * factor), round(height * factor)
    if min(size) < limits.min_side or max(size) > limits.longest:
        raise ImageTooSmall(
            f"{width} × {height} px cannot be scaled to sides of {limits.min_side} to {limits.longest} px"
        )
    return size
