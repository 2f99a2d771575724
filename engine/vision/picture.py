"""From bytes to pixels, with the limits and the orientation rule of Rekognition."""

import io
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from engine.errors import image_too_large, invalid_format, invalid_parameters
from engine.vision.boxes import Box

type Pixels = NDArray[np.uint8]

# What the finest of the analyses works on; a larger picture is only decoded, never looked at, in full size.
WORKING_SIDE = 2000
# AWS names no limit here; it keeps a 15 MB file from unfolding to gigabytes.
MOST_PIXELS = 120_000_000
Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit answers as if the file were broken; MOST_PIXELS stands in.
_SIGNATURES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}


@dataclass(frozen=True)
class Picture:
    """A picture as displayed, RGB, at most WORKING_SIDE a side; boxes are fractions of it."""

    pixels: Pixels

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.pixels.shape[0])

    @cached_property
    def gray(self) -> Pixels:
        """The picture without colour."""
        gray: Pixels = cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY)
        return gray

    def within(self, side: int) -> "Picture":
        """The same picture, no side longer than this."""
        scale = side / max(self.width, self.height)
        if scale >= 1:
            return self
        size = max(1, round(self.width * scale)), max(1, round(self.height * scale))
        return Picture(cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA))

    def cut(self, box: Box) -> "Picture":
        """The part of the picture inside a box, at least one pixel of it."""
        left, top = max(0, int(box.left * self.width)), max(0, int(box.top * self.height))
        right, bottom = round(box.right * self.width), round(box.bottom * self.height)
        return Picture(self.pixels[top : max(bottom, top + 1), left : max(right, left + 1)])


def decoded(data: bytes, min_side: int, max_side: int | None) -> Picture:
    """The picture in a JPEG or PNG. Raises InvalidImageFormat, ImageTooLarge or InvalidParameter."""
    kind = next((kind for start, kind in _SIGNATURES.items() if data.startswith(start)), None)
    if kind is None:
        raise invalid_format()
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            _check_size(image.width, image.height, min_side, max_side)
            return Picture(np.asarray(_upright(image, kind)))
    except (OSError, SyntaxError, ValueError) as why:
        raise invalid_format() from why


def _check_size(width: int, height: int, min_side: int, max_side: int | None) -> None:
    if min(width, height) < min_side:
        raise invalid_parameters()
    if max_side is not None and max(width, height) > max_side:
        raise image_too_large(
            f"Input image dimensions {width} x {height} exceed maximum dimension size of {max_side} pixels"
        )
    if width * height > MOST_PIXELS:
        raise image_too_large(f"Input image dimensions {width} x {height} exceed the pixels this service takes")


def _upright(image: Image.Image, kind: str) -> Image.Image:
    # libjpeg decodes at 1/2, 1/4 or 1/8 for nearly nothing; never below what is asked for.
    image.draft(None, (WORKING_SIDE, WORKING_SIDE))
    image.load()
    shrunk = image
    if max(image.size) > WORKING_SIDE:
        shrunk = _opaque(image)
        shrunk.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BILINEAR, reducing_gap=2)
    # Rekognition turns a JPEG by its EXIF orientation and a PNG never.
    turned = ImageOps.exif_transpose(shrunk) if kind == "JPEG" else shrunk
    return _opaque(turned)


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # 16 bits a sample: convert() would clip instead of scale.
        scaled = (np.asarray(image, dtype=np.uint32) >> 8).astype(np.uint8)
        return Image.fromarray(scaled).convert("RGB")
    if image.has_transparency_data:
        alpha = image.convert("RGBA")
        ground = Image.new("RGBA", alpha.size, "white")
        return Image.alpha_composite(ground, alpha).convert("RGB")
    return image.convert("RGB")
