"""Every case, and what becomes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from tempfile import TemporaryFile

import imagecodecs
import numpy as np
from PIL import Image
from rekbridge_lambda.domain.errors import Rejected
from rekbridge_lambda.domain.images import ImageLimits
from rekbridge_lambda.imaging.preparation import PillowPreparer
from rekbridge_lambda.imaging.sniffing import sniff_image

from tests.layouts import bmp_cases, heic_cases, other_cases, tiff_cases
from tests.layouts.case import Case
from tests.layouts.scene import TURN_UPRIGHT, Array

# Of 255, on average: what JPEG changes in a smooth picture, and what 5 bits a colour leave open.
MAX_ERROR = 3.0

PREPARER = PillowPreparer()
LIMITS = ImageLimits(bytes=5 * 1024 * 1024, min_side=80)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The mean difference of what would be sent (of 255), or the reason of the refusal."""

    error: float = 0.0
    reason: str = ""
    size: tuple[int, int] = (0, 0)

    @property
    def right(self) -> bool:
        return bool(self.reason) or self.error <= MAX_ERROR


def list_cases() -> Iterator[Case]:
    """All formats."""
    return chain(tiff_cases.list_cases(), bmp_cases.list_cases(), other_cases.list_cases(), heic_cases.list_cases())


def prepare_case(file: bytes, picture: Array) -> Judgement:
    """What Rekbridge would send of a file, decoded by imagecodecs, compared with its picture."""
    with TemporaryFile() as original:
        original.write(file)
        try:
            header = sniff_image(lambda offset, length: file[offset : offset + length], len(file))
            body = PREPARER.prepare(original, header, LIMITS).body
        except Rejected as why:
            return Judgement(reason=str(why))
    return Judgement(compare(decode_sent(body), picture), size=(header.width, header.height))


def decode_sent(body: bytes) -> Array:
    """A prepared image as its receiver sees it; its only metadata may be an orientation."""
    if body.startswith(b"\x89PNG"):
        pixels = np.asarray(imagecodecs.png_decode(body))
    else:
        pixels = np.asarray(imagecodecs.jpeg8_decode(body))
        orientation = Image.open(BytesIO(body)).getexif().get(274, 1)
        pixels = TURN_UPRIGHT[orientation](pixels)
    pixels = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, -1)
    return pixels / 255


def compare(shown: Array, picture: Array) -> float:
    """The mean absolute difference, of 255; infinite for another size."""
    return float(np.abs(shown - picture).mean() * 255) if shown.shape == picture.shape else float("inf")
