"""How likely an image, or a part of it, shows each of ImageNet's 1000 classes, by EfficientNet-lite0."""

from collections.abc import Iterable

import cv2
import numpy as np

from rekbridge_engine.vision.boxes import BoundingBox
from rekbridge_engine.vision.images import DecodedImage
from rekbridge_engine.vision.models import Tensor, run_model

type ClassChances = tuple[float, ...]

# The whole image needs no more pixels than this; the detector and the search for text use the same copy.
_ANALYSIS_SIDE = 640
_INPUT_SIDE = 224
# The classifier was trained on the middle of a picture: 224 of 256 pixels.
_MIDDLE = 224 / 256
# How much a thing's box is widened, so that its edges are seen.
_WIDENED_BY = 0.2


def classify(image: DecodedImage) -> ClassChances:
    """The chances of the 1000 classes, 0 to 1: the mean for the middle square and for the whole image, squeezed."""
    small = image.shrink_to_fit(_ANALYSIS_SIDE)
    edge = min(small.width, small.height) * _MIDDLE
    width, height = edge / small.width, edge / small.height
    middle = small.crop(BoundingBox((1 - width) / 2, (1 - height) / 2, width, height))
    return tuple(((_run_classifier(middle) + _run_classifier(small)) / 2).tolist())


def measure_chance(image: DecodedImage, box: BoundingBox, classes: Iterable[int]) -> float:
    """How likely the part of the image in a box shows one of these classes, 0 to 1."""
    chances = _run_classifier(image.crop(box.expand(_WIDENED_BY)))
    return float(chances[list(classes)].sum())


def _run_classifier(image: DecodedImage) -> Tensor:
    interpolation = cv2.INTER_AREA if min(image.width, image.height) > _INPUT_SIDE else cv2.INTER_LINEAR
    square = cv2.resize(image.pixels, (_INPUT_SIDE, _INPUT_SIDE), interpolation=interpolation)
    tensor: Tensor = np.ascontiguousarray(square.transpose(2, 0, 1)[None], np.float32)
    tensor -= 127
    tensor /= 128
    chances: Tensor = run_model("imagenet", tensor)[0][0]
    return chances
