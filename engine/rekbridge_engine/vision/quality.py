"""Brightness, sharpness and contrast of an image, 0 to 100. The scales are not calibrated against Rekognition's."""

import math

import cv2
import numpy as np

from rekbridge_engine.vision.boxes import BoundingBox
from rekbridge_engine.vision.images import DecodedImage, PixelArray, select_outside

# The Laplacian depends on the resolution. Without a common size, an enlarged copy would count as less sharp.
_SHARPNESS_SIDE = 128
# The variance of the Laplacian that gives a sharpness of 50.
_HALF_SHARP_VARIANCE = 1000.0


def measure_brightness(image: DecodedImage, excluded: BoundingBox | None = None) -> float:
    """The mean luma, 0 to 100, outside of a box if one is excluded."""
    return float(select_outside(image.gray, excluded).mean()) / 2.55


def measure_sharpness(image: DecodedImage, excluded: BoundingBox | None = None) -> float:
    """The amount of fine detail, 0 to 100, by the variance of the Laplacian, outside of a box if one is excluded."""
    variance = float(select_outside(cv2.Laplacian(_resize_gray(image), cv2.CV_64F), excluded).var())
    return 100 * (1 - math.exp(-variance * math.log(2) / _HALF_SHARP_VARIANCE))


def measure_contrast(image: DecodedImage, excluded: BoundingBox | None = None) -> float:
    """The range between the first and the 99th percentile of luma, 0 to 100, outside of a box if one is excluded.

    Percentiles, because most of a scanned page is paper: an average would hide its dark text.
    """
    dark, bright = np.percentile(select_outside(image.gray, excluded), [1, 99])
    return float(bright - dark) / 2.55


def _resize_gray(image: DecodedImage) -> PixelArray:
    scale = _SHARPNESS_SIDE / max(image.width, image.height)
    size = max(3, round(image.width * scale)), max(3, round(image.height * scale))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized: PixelArray = cv2.resize(image.gray, size, interpolation=interpolation)
    return resized
