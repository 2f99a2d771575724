"""How bright, sharp and contrasty a picture is, 0 to 100. Our own scales, not calibrated against Rekognition's."""

import math

import cv2
import numpy as np

from engine.vision.picture import Picture, Pixels

# A Laplacian grows with the resolution: without one size, an enlarged copy would count as blurred.
_SIDE = 128
# Variance of the Laplacian at which a picture counts as half sharp.
_HALF_SHARP = 1000.0


def brightness(picture: Picture) -> float:
    """The mean luma."""
    return float(picture.gray.mean()) / 2.55


def sharpness(picture: Picture) -> float:
    """How much fine structure there is, by the variance of the Laplacian."""
    variance = float(cv2.Laplacian(_sized(picture), cv2.CV_64F).var())
    return 100 * (1 - math.exp(-variance * math.log(2) / _HALF_SHARP))


def contrast(picture: Picture) -> float:
    """The span between the darkest and the brightest hundredth: a page is mostly paper."""
    dark, bright = np.percentile(picture.gray, [1, 99])
    return float(bright - dark) / 2.55


def _sized(picture: Picture) -> Pixels:
    scale = _SIDE / max(picture.width, picture.height)
    size = max(3, round(picture.width * scale)), max(3, round(picture.height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    sized: Pixels = cv2.resize(picture.gray, size, interpolation=way)
    return sized
