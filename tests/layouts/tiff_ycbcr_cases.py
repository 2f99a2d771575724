"""TIFF: YCbCr with fewer colour samples than pixels, uncompressed, as JPEG and as old-style JPEG."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import imagecodecs
import numpy as np

from tests.layouts import scene
from tests.layouts.scene import Array
from tests.layouts.tiff_writer import JPEG, NONE, Samples

OLD_JPEG = 6
YCBCR = 6
SUBSAMPLING, JPEG_OFFSET, JPEG_LENGTH = 530, 513, 514


def list_ycbcr() -> Iterator[tuple[str, Samples, Array, dict[str, Any]]]:
    """Row, samples, picture and settings for `write_tiff`."""
    for order, (across, down), odd in product("<>", ((1, 1), (2, 1), (1, 2), (2, 2), (4, 2), (4, 4)), (False, True)):
        picture = scene.RGB[: scene.HEIGHT - odd, : scene.WIDTH - odd]
        samples = scene.quantize(picture, 8)
        settings = {"order": order, "photometric": YCBCR, "bits": 8}
        tags = {SUBSAMPLING: (3, (across, down))}
        body = _encode_blocks(scene.quantize(scene.to_ycbcr(picture), 8), across, down)
        yield "subsampled YCbCr", samples, picture, settings | {"compression": NONE, "tags": tags, "body": body}
        name = {(1, 1): "444", (2, 1): "422", (2, 2): "420"}.get((across, down))
        if name is None:
            continue
        body = bytes(imagecodecs.jpeg8_encode(samples, 95, colorspace="RGB", outcolorspace="YCBCR", subsampling=name))
        yield "JPEG, subsampled YCbCr", samples, picture, settings | {"compression": JPEG, "tags": tags, "body": body}
        stream = {JPEG_OFFSET: (4, (8,)), JPEG_LENGTH: (4, (len(body),))}
        old = settings | {"compression": OLD_JPEG, "tags": tags | stream, "body": body}
        yield "old-style JPEG YCbCr", samples, picture, old
        yield "old-style JPEG RGB", samples, picture, old | {"photometric": 2}


def _encode_blocks(ycbcr: Samples, across: int, down: int) -> bytes:
    """Blocks of luminance, each followed by its two colours (TIFF 6.0, section 21); edges are repeated."""
    height, width, _ = ycbcr.shape
    padded = np.pad(ycbcr, ((0, -height % down), (0, -width % across), (0, 0)), mode="edge")
    blocks = padded.reshape(padded.shape[0] // down, down, padded.shape[1] // across, across, 3).transpose(
        0, 2, 1, 3, 4
    )
    luma = blocks[..., 0].reshape(*blocks.shape[:2], -1)
    colours = blocks[..., 1:].astype(float).mean((2, 3)).round().astype(np.uint8)
    return np.concatenate([luma, colours], -1).tobytes()
