"""Cut a square out of an image, turned and scaled by a similarity transform."""

import cv2
import numpy as np

from rekbridge_engine.vision.images import DecodedImage, PixelArray
from rekbridge_engine.vision.similarity import FloatArray, invert, measure_scale, move_points


def cut_square(image: DecodedImage, transform: FloatArray, side: int) -> PixelArray:
    """Cut the square of `side` pixels to which the transform brings a part of the image; black outside of it."""
    corners = move_points(np.array([[0, 0], [side, 0], [0, side], [side, side]]), invert(transform))
    low = np.clip(np.floor(corners.min(axis=0)) - 2, 0, None).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)) + 2, low + 1, None).astype(int)
    part = image.pixels[low[1] : high[1], low[0] : high[0]]
    if not part.size:
        return np.zeros((side, side, 3), np.uint8)
    # The warp samples four pixels for each of the square's, so a large part is shrunk before.
    step = max(1, int(1 / measure_scale(transform)))
    shrunk = DecodedImage(part).shrink_to_fit(-(-max(part.shape[:2]) // step))
    factors = np.array([part.shape[1] / shrunk.width, part.shape[0] / shrunk.height])
    turn = transform[:, :2] * factors
    # Our coordinates begin at the corner of a pixel, OpenCV's in its middle.
    shift = move_points(low[None].astype(float), transform)[0] + turn.sum(axis=1) / 2 - 0.5
    square: PixelArray = cv2.warpAffine(
        shrunk.pixels, np.column_stack([turn, shift]), (side, side), flags=cv2.INTER_LINEAR
    )
    return square
