"""Whether an image has text, for DetectLabels: the search for one region that can be read, cheaper than DetectText."""

import cv2
import numpy as np

from rekbridge_engine.vision.boxes import BoundingBox
from rekbridge_engine.vision.images import DecodedImage
from rekbridge_engine.vision.ocr import RecognizedText, TextPolygon, load_ocr, to_padded_bgr, to_polygon

# The label Text needs two letters or more with this confidence. DetectText also returns uncertain text.
_MIN_CONFIDENCE = 85.0
# Text that shows in a copy of this side is enough for the label; twice the side would take four times as long.
_SEARCHED_SIDE = 512
_MAX_REGIONS_READ = 5
# The detector's sides are multiples of this.
_GRID = 32


def find_legible_region(image: DecodedImage) -> RecognizedText | None:
    """The largest region with text that can be read for sure, without its words; None if there is none.

    Regions are found in a small copy, which is cheap, and read one by one in the image, the largest first.
    """
    polygons = sorted(_find_regions(image), key=lambda polygon: -BoundingBox.enclose(polygon).area)
    lines = (_read_region(image, polygon) for polygon in polygons[:_MAX_REGIONS_READ])
    return next((line for line in lines if line.confidence >= _MIN_CONFIDENCE and line.count_letters() > 1), None)


def _find_regions(image: DecodedImage) -> list[TextPolygon]:
    """Where rapidocr's detector sees text in a small copy.

    Its own preparation would enlarge the copy to a short side of 480 pixels, which takes two to seven times as long.
    """
    small = image.shrink_to_fit(_SEARCHED_SIDE)
    bgr = to_padded_bgr(small)
    height, width = (max(_GRID, round(length / _GRID) * _GRID) for length in bgr.shape[:2])
    detector = load_ocr()._load_det_model()
    scaled = cv2.resize(bgr, (width, height)).astype(np.float32) / 255
    tensor = ((scaled - np.float32(detector.mean)) / np.float32(detector.std)).transpose(2, 0, 1)
    corners, _ = detector.postprocess_op(detector.session(tensor[None]), bgr.shape[:2])
    return [to_polygon(polygon, small) for polygon in corners]


def _read_region(image: DecodedImage, polygon: TextPolygon) -> RecognizedText:
    crop = image.crop(BoundingBox.enclose(polygon))
    reading = load_ocr()(to_padded_bgr(crop), use_det=False, use_rec=True)
    if not reading.txts:
        return RecognizedText("", 0.0, polygon)
    return RecognizedText(reading.txts[0].strip(), float(reading.scores[0]) * 100, polygon)
