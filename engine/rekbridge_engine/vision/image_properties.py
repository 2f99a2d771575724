"""DetectLabels' IMAGE_PROPERTIES: quality and colours of an image, of its main thing and of what is around it."""

from collections.abc import Sequence
from typing import Any

from rekbridge_engine.vision import colours, quality
from rekbridge_engine.vision.boxes import BoundingBox
from rekbridge_engine.vision.images import DecodedImage

# A thing that fills more of the image than this leaves no background to be measured.
_MAX_FOREGROUND_AREA = 0.95


def choose_foreground(boxes: Sequence[BoundingBox]) -> BoundingBox | None:
    """The box of the main thing: the largest one. None if there is none, or if it leaves no background."""
    largest = max(boxes, key=lambda box: box.area, default=None)
    return largest if largest is not None and largest.area <= _MAX_FOREGROUND_AREA else None


def measure_properties(image: DecodedImage, foreground: BoundingBox | None, max_colours: int) -> dict[str, Any]:
    """Rekognition's ImageProperties. Foreground is the box, Background the rest; without a box both are left out."""
    properties = _measure_part(image, None, max_colours)
    if foreground is not None:
        properties["Foreground"] = _measure_part(image.crop(foreground), None, max_colours)
        properties["Background"] = _measure_part(image, foreground, max_colours)
    return properties


def _measure_part(image: DecodedImage, excluded: BoundingBox | None, max_colours: int) -> dict[str, Any]:
    return {
        "Quality": {
            "Brightness": quality.measure_brightness(image, excluded),
            "Sharpness": quality.measure_sharpness(image, excluded),
            "Contrast": quality.measure_contrast(image, excluded),
        },
        "DominantColors": colours.find_dominant_colours(image, max_colours, excluded),
    }
