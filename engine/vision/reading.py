"""Reading: the lines of a picture and their words, by rapidocr's default models."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
from rapidocr import RapidOCR

from engine.vision.boxes import Box, Point
from engine.vision.picture import Picture, Pixels

_SURE_LETTER = 95.0
_MOST_ELONGATED = 4


@dataclass(frozen=True, slots=True)
class Written:
    """A word, or a line of words."""

    text: str
    confidence: float
    polygon: tuple[Point, ...]
    words: tuple["Written", ...] = ()

    @property
    def box(self) -> Box:
        """The box around it."""
        return Box.around(self.polygon)


@cache
def reader() -> RapidOCR:
    """The reader, on one thread: the processes share the cores among them.

    Without the classifier of upside-down lines: it turned lines that stood upright. A shorter side is enlarged to 480
    pixels instead of 736, at half the price and with the same words found.
    """
    threads = {"EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1}
    return RapidOCR(params=threads | {"Det.limit_side_len": 480, "Global.use_cls": False, "Global.log_level": "error"})


def lines(picture: Picture) -> list[Written]:
    """The lines of a picture, from top to bottom, each with its words."""
    seen = reader()(_bgr(picture), use_det=True, use_rec=True, return_word_box=True)
    if seen.boxes is None:
        return []
    # rapidocr leaves out the words of lines it could not cut: then the lists no longer run side by side.
    cut = seen.word_results if len(seen.word_results) == len(seen.txts) else [()] * len(seen.txts)
    found = [
        _line(text, score, _polygon(box, picture), [(word[0], word[1], _polygon(word[2], picture)) for word in words])
        for text, score, box, words in zip(seen.txts, seen.scores, seen.boxes, cut, strict=True)
    ]
    return [line for line in found if _legible(line)]


def glimpse(picture: Picture, side: int, most: int) -> list[Written]:
    """The largest few places with text: found in a small copy, which is cheap, and read one by one. No words apart."""
    small = picture.within(side)
    seen = reader()(_bgr(small), use_det=True, use_rec=False)
    if seen.boxes is None:
        return []
    places = sorted((_polygon(box, small) for box in seen.boxes), key=lambda place: -Box.around(place).area)
    read = [(reader()(_bgr(picture.cut(Box.around(at))), use_det=False, use_rec=True), at) for at in places[:most]]
    found = [Written(one.txts[0].strip(), float(one.scores[0]) * 100, at) for one, at in read if one.txts]
    return [line for line in found if _legible(line)]


def _bgr(picture: Picture) -> Pixels:
    """The picture as rapidocr wants it, a thin one with a margin right or below, which moves no box.

    rapidocr enlarges by the shorter side: a strip of 80 by 10,000 pixels would become one of 480 by 60,000.
    """
    least = max(picture.width, picture.height) // _MOST_ELONGATED
    right, below = max(0, least - picture.width), max(0, least - picture.height)
    bgr: Pixels = cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2BGR)
    if right or below:
        bgr = cv2.copyMakeBorder(bgr, 0, below, 0, right, cv2.BORDER_REPLICATE)
    return bgr


def _legible(line: Written) -> bool:
    """Ribbons and lattices read as rows of asterisks, and a texture as a lone letter: that one must be sure."""
    letters = sum(letter.isalnum() for letter in line.text)
    return letters > 1 or (letters == 1 and line.confidence >= _SURE_LETTER)


def _line(
    text: str, score: float, polygon: tuple[Point, ...], cut: list[tuple[str, float, tuple[Point, ...]]]
) -> Written:
    words = tuple(Written(word.strip(), float(sure) * 100, place) for word, sure, place in cut if word.strip())
    return Written(text.strip(), float(score) * 100, polygon, words or tuple(_split(text, score, polygon)))


def _split(text: str, score: float, polygon: tuple[Point, ...]) -> Iterator[Written]:
    """Words by their share of the line's letters, for a line that came without word boxes."""
    (left, top), (right, _), _, (_, bottom) = polygon
    at = 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        x1, x2 = (left + (right - left) * place / len(text) for place in (start, at))
        yield Written(word, float(score) * 100, ((x1, top), (x2, top), (x2, bottom), (x1, bottom)))


def _polygon(corners: Any, picture: Picture) -> tuple[Point, ...]:
    return tuple(
        (min(max(float(x) / picture.width, 0.0), 1.0), min(max(float(y) / picture.height, 0.0), 1.0))
        for x, y in corners
    )
