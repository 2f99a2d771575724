"""Read text: the lines of an image and their words, with rapidocr's default models."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2

from rekbridge_engine.vision.boxes import BoundingBox, Coordinates
from rekbridge_engine.vision.images import DecodedImage, PixelArray

_MIN_SINGLE_LETTER_CONFIDENCE = 95.0
_MAX_ASPECT_RATIO = 4

type TextPolygon = tuple[Coordinates, ...]


@dataclass(frozen=True, slots=True)
class RecognizedText:
    """A word, or a line with its words. Confidence is 0 to 100."""

    text: str
    confidence: float
    polygon: TextPolygon
    words: tuple["RecognizedText", ...] = ()

    @property
    def box(self) -> BoundingBox:
        """The bounding box of the polygon."""
        return BoundingBox.enclose(self.polygon)

    def count_letters(self) -> int:
        """The number of letters and digits."""
        return sum(letter.isalnum() for letter in self.text)


@cache
def load_ocr() -> Any:
    """Load the models, limited to one thread: there is one process per core.

    The classifier of upside-down lines is off, because it also turned upright lines. Images with a short side are
    enlarged to 480 pixels instead of 736: this halves the time and finds the same words. Lines are read one at a time:
    a batch of six is padded to its longest line, which took 340 MB more and 15 % longer for the same lines.
    """
    # The import takes longer than a call that reads no text should wait for.
    from rapidocr import RapidOCR

    threads = {"EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1}
    quiet = {"Global.use_cls": False, "Global.log_level": "error"}
    return RapidOCR(params=threads | quiet | {"Det.limit_side_len": 480, "Rec.rec_batch_num": 1})


def read_lines(image: DecodedImage) -> list[RecognizedText]:
    """Read the lines of an image, from top to bottom, each with its words."""
    result = load_ocr()(to_padded_bgr(image), use_det=True, use_rec=True, return_word_box=True)
    if result.boxes is None:
        return []
    # rapidocr skips lines that it could not split into words. The lists then have different lengths and do not match.
    has_words = len(result.word_results) == len(result.txts)
    words_by_line = result.word_results if has_words else [()] * len(result.txts)
    lines = [
        _build_line(
            text, score, to_polygon(box, image), [(word[0], word[1], to_polygon(word[2], image)) for word in words]
        )
        for text, score, box, words in zip(result.txts, result.scores, result.boxes, words_by_line, strict=True)
    ]
    return [line for line in lines if _is_legible(line)]


def to_padded_bgr(image: DecodedImage) -> PixelArray:
    """The pixels as rapidocr expects them; a narrow image is padded on the right or bottom, which moves no box.

    rapidocr scales by the shorter side: it would enlarge a strip of 80 by 10,000 pixels to 480 by 60,000.
    """
    min_side = max(image.width, image.height) // _MAX_ASPECT_RATIO
    right, bottom = max(0, min_side - image.width), max(0, min_side - image.height)
    bgr: PixelArray = cv2.cvtColor(image.pixels, cv2.COLOR_RGB2BGR)
    if right or bottom:
        bgr = cv2.copyMakeBorder(bgr, 0, bottom, 0, right, cv2.BORDER_REPLICATE)
    return bgr


def _is_legible(line: RecognizedText) -> bool:
    """Reject false positives: ribbons and lattices read as rows of asterisks, textures as a single letter."""
    letters = line.count_letters()
    return letters > 1 or (letters == 1 and line.confidence >= _MIN_SINGLE_LETTER_CONFIDENCE)


def _build_line(
    text: str, score: float, polygon: TextPolygon, word_results: list[tuple[str, float, TextPolygon]]
) -> RecognizedText:
    words = tuple(
        RecognizedText(word.strip(), float(word_score) * 100, word_polygon)
        for word, word_score, word_polygon in word_results
        if word.strip()
    )
    return RecognizedText(text.strip(), float(score) * 100, polygon, words or tuple(_split_line(text, score, polygon)))


def _split_line(text: str, score: float, polygon: TextPolygon) -> Iterator[RecognizedText]:
    """Estimate the words of a line that has no word boxes: each gets its share of the line's width, by letters."""
    (left, top), (right, _), _, (_, bottom) = polygon
    end = 0
    for word in text.split():
        start = text.index(word, end)
        end = start + len(word)
        x1, x2 = (left + (right - left) * offset / len(text) for offset in (start, end))
        yield RecognizedText(word, float(score) * 100, ((x1, top), (x2, top), (x2, bottom), (x1, bottom)))


def to_polygon(corners: Any, image: DecodedImage) -> TextPolygon:
    """Corners in pixels of an image as fractions of it."""
    return tuple(
        (min(max(float(x) / image.width, 0.0), 1.0), min(max(float(y) / image.height, 0.0), 1.0)) for x, y in corners
    )
