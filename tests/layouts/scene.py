"""The picture that every file of these tests shows, and what a file's samples have to be for that.

It is smooth, so that JPEG changes it little, and has no symmetry: turned, mirrored, inverted, with swapped colours or
with planes mixed up it differs by far more than the tests accept.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]

WIDTH, HEIGHT = 100, 84

_y, _x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64) / np.array([HEIGHT - 1, WIDTH - 1]).reshape(2, 1, 1)

RGB: Array = np.stack([0.1 + 0.8 * _x, 0.15 + 0.7 * _y, 0.9 - 0.7 * _x * _y], -1)
GREY: Array = (0.1 + 0.6 * _x + 0.25 * _y * _y)[..., None]
ALPHA: Array = (0.2 + 0.75 * (1 - _x) * _y)[..., None]
NO_ALPHA: Array = np.zeros_like(ALPHA)
CMYK: Array = np.concatenate([1 - RGB, np.zeros_like(GREY)], -1)


def show_grey(grey: Array) -> Array:
    """The colours that a viewer shows for grey."""
    return np.repeat(grey, 3, -1)


def put_on_white(colours: Array, alpha: Array) -> Array:
    """The colours that a viewer with a white background shows."""
    return np.asarray(colours * alpha + 1 - alpha)


def quantize(values: Array, bits: int) -> NDArray[Any]:
    """Values of 0 to 1 as unsigned integers of so many bits."""
    kind = next(kind for size, kind in ((8, np.uint8), (16, np.uint16), (32, np.uint32)) if bits <= size)
    return np.round(values * ((1 << bits) - 1)).astype(kind)


def round_to(values: Array, bits: int) -> Array:
    """Values of 0 to 1 as so many bits can tell them."""
    return np.asarray(np.round(values * ((1 << bits) - 1)) / ((1 << bits) - 1))


def to_ycbcr(colours: Array) -> Array:
    """Full-range YCbCr by ITU-R BT.601, as JPEG and TIFF have it."""
    luma = colours @ np.array([0.299, 0.587, 0.114])
    blue, red = (colours[..., 2] - luma) / 1.772 + 0.5, (colours[..., 0] - luma) / 1.402 + 0.5
    return np.asarray(np.clip(np.stack([luma, blue, red], -1), 0, 1))


# What a viewer does with the rows and columns of a file that has this EXIF orientation.
TURN_UPRIGHT: dict[int, Callable[[NDArray[Any]], NDArray[Any]]] = {
    1: lambda image: image,
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.swapaxes(0, 1),
    6: lambda image: image.swapaxes(0, 1)[:, ::-1],
    7: lambda image: image.swapaxes(0, 1)[::-1, ::-1],
    8: lambda image: image.swapaxes(0, 1)[::-1],
}
INVERSE = {6: 8, 8: 6}


def store_for_orientation(image: NDArray[Any], orientation: int) -> NDArray[Any]:
    """The array as a file with this orientation has it."""
    return np.ascontiguousarray(TURN_UPRIGHT[INVERSE.get(orientation, orientation)](image))


def make_palette(size: int) -> Array:
    """Colours that are no greys, size × 3."""
    steps = np.linspace(0, 1, size)
    return np.stack([steps, 1 - steps, steps / 2], -1)


def to_lab(colours: Array) -> NDArray[Any]:
    """sRGB as TIFF's 8-bit CIELab: L from 0 to 255, a and b as signed bytes; white is D50, as in ICC profiles."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    # sRGB to XYZ, adapted to D50 (Bradford), divided by the white point.
    matrix = np.array(
        [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]]
    )
    x, y, z = np.moveaxis(linear @ matrix.T / np.array([0.96422, 1.0, 0.82521]), -1, 0)
    x, y, z = (np.where(v > 0.008856, np.cbrt(v), 7.787 * v + 16 / 116) for v in (x, y, z))
    lab = np.stack([(116 * y - 16) * 2.55, 500 * (x - y), 200 * (y - z)], -1)
    return np.round(lab).astype(np.int16).astype(np.uint8)
