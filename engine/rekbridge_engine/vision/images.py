"""Decode image bytes to pixels, with Rekognition's limits and its handling of orientation."""

import io
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from rekbridge_engine.errors import make_image_too_large_error, make_invalid_format_error, make_invalid_parameters_error
from rekbridge_engine.vision.boxes import BoundingBox

type PixelArray = NDArray[np.uint8]

# No analysis uses more pixels per side than this; a larger image is decoded and then shrunk.
WORKING_SIDE = 2000
# AWS documents no such limit. It protects against decompression bombs: a 15 MB file can unpack to gigabytes.
MAX_PIXELS = 120_000_000
# Disable Pillow's own limit, which would report a large image as corrupt. MAX_PIXELS replaces it.
Image.MAX_IMAGE_PIXELS = None
_SIGNATURES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}


@dataclass(frozen=True)
class DecodedImage:
    """The RGB pixels of an image as displayed, at most WORKING_SIDE per side. Boxes are fractions of it."""

    pixels: PixelArray
    _smaller: dict[int, "DecodedImage"] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])

    @cached_property
    def gray(self) -> PixelArray:
        """The pixels without colour."""
        gray: PixelArray = cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY)
        return gray

    def shrink_to_fit(self, side: int) -> "DecodedImage":
        """The image, shrunk if a side is longer than this many pixels. The copy is made once: detectors share it."""
        scale = side / max(self.width, self.height)
        if scale >= 1:
            return self
        if side not in self._smaller:
            size = max(1, round(self.width * scale)), max(1, round(self.height * scale))
            self._smaller[side] = DecodedImage(cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA))
        return self._smaller[side]

    def crop(self, box: BoundingBox) -> "DecodedImage":
        """The part of the image inside a box, at least one pixel."""
        left, top = max(0, int(box.left * self.width)), max(0, int(box.top * self.height))
        right, bottom = round(box.right * self.width), round(box.bottom * self.height)
        return DecodedImage(self.pixels[top : max(bottom, top + 1), left : max(right, left + 1)])


def select_outside(values: NDArray[Any], excluded: BoundingBox | None) -> NDArray[Any]:
    """The values (height by width, or by width and colour) outside of a box, as a list; all of them without a box."""
    if excluded is None:
        return values
    height, width = values.shape[:2]
    outside = np.ones((height, width), bool)
    rows = slice(round(excluded.top * height), round(excluded.bottom * height))
    outside[rows, round(excluded.left * width) : round(excluded.right * width)] = False
    return values[outside] if outside.any() else values


def decode_image(data: bytes, min_side: int, max_side: int | None) -> DecodedImage:
    """Decode a JPEG or PNG; sides in pixels. Raises InvalidImageFormat, ImageTooLarge or InvalidParameter."""
    image_format = next((name for signature, name in _SIGNATURES.items() if data.startswith(signature)), None)
    if image_format is None:
        raise make_invalid_format_error()
    try:
        with Image.open(io.BytesIO(data), formats=[image_format]) as image:
            _check_size(image.width, image.height, min_side, max_side)
            return DecodedImage(np.asarray(_load_as_displayed(image, image_format)))
    except (OSError, SyntaxError, ValueError) as error:
        raise make_invalid_format_error() from error


def _check_size(width: int, height: int, min_side: int, max_side: int | None) -> None:
    if min(width, height) < min_side:
        raise make_invalid_parameters_error()
    if max_side is not None and max(width, height) > max_side:
        raise make_image_too_large_error(
            f"Input image dimensions {width} x {height} exceed maximum dimension size of {max_side} pixels"
        )
    if width * height > MAX_PIXELS:
        raise make_image_too_large_error(f"Input image dimensions {width} x {height} exceed {MAX_PIXELS} pixels")


def _load_as_displayed(image: Image.Image, image_format: str) -> Image.Image:
    # libjpeg can decode at 1/2, 1/4 or 1/8 of the size at little cost, and never below the requested size.
    image.draft(None, (WORKING_SIDE, WORKING_SIDE))
    image.load()
    resized = image
    if max(image.size) > WORKING_SIDE:
        resized = _convert_to_rgb(image)
        resized.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BILINEAR, reducing_gap=2)
    # Rekognition applies the EXIF orientation of a JPEG, but not of a PNG.
    upright = ImageOps.exif_transpose(resized) if image_format == "JPEG" else resized
    return _convert_to_rgb(upright)


def _convert_to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # 16 bits per sample: convert() would clip the values instead of scaling them.
        scaled = (np.asarray(image, dtype=np.uint32) >> 8).astype(np.uint8)
        return Image.fromarray(scaled).convert("RGB")
    if image.has_transparency_data:
        alpha = image.convert("RGBA")
        background = Image.new("RGBA", alpha.size, "white")
        return Image.alpha_composite(background, alpha).convert("RGB")
    return image.convert("RGB")
