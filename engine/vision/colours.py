"""The dominant colours of a picture, with their nearest CSS and simple names."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from PIL import Image, ImageColor

from engine.vision.picture import Picture

type Colour = tuple[int, int, int]

_SIDE = 128
# The twelve simple names AWS documents.
SIMPLE: Mapping[str, Colour] = {
    "red": (220, 20, 30), "orange": (255, 140, 0), "yellow": (250, 220, 40), "green": (40, 140, 50),
    "teal": (0, 128, 128), "blue": (40, 80, 200), "purple": (120, 40, 140), "pink": (255, 150, 190),
    "white": (255, 255, 255), "black": (0, 0, 0), "grey": (128, 128, 128), "brown": (120, 75, 40),
}  # fmt: skip

# What differs less than this between its channels has no colour: light grey is nearer to pink than to grey.
_COLOURLESS = 30
_GREYS = {"black": (0, 0, 0), "grey": (128, 128, 128), "white": (255, 255, 255)}


def dominant(picture: Picture, most: int) -> list[dict[str, Any]]:
    """Rekognition's DominantColors: at most so many, the largest share first."""
    if most == 0:
        return []
    small = Image.fromarray(picture.within(_SIDE).pixels)
    reduced = small.quantize(colors=most, method=Image.Quantize.MEDIANCUT, kmeans=2)
    palette = reduced.getpalette() or []
    shares = sorted(reduced.getcolors(256) or [], reverse=True)
    pixels = small.width * small.height
    return [_answer(_entry(palette, int(str(index))), 100 * count / pixels) for count, index in shares]


def _answer(colour: Colour, percent: float) -> dict[str, Any]:
    red, green, blue = colour
    return {
        "Red": red,
        "Green": green,
        "Blue": blue,
        "HexCode": f"#{red:02x}{green:02x}{blue:02x}",
        "CSSColor": _nearest(colour, css()),
        "SimplifiedColor": _nearest(colour, SIMPLE if max(colour) - min(colour) > _COLOURLESS else _GREYS),
        "PixelPercent": percent,
    }


def _entry(palette: list[int], index: int) -> Colour:
    red, green, blue = palette[3 * index : 3 * index + 3]
    return red, green, blue


def _nearest(colour: Colour, names: Mapping[str, Colour]) -> str:
    return min(names, key=lambda name: sum((a - b) ** 2 for a, b in zip(colour, names[name], strict=True)))


@cache
def css() -> dict[str, Colour]:
    """The named colours of CSS."""
    return {name: _rgb(name) for name in ImageColor.colormap}


def _rgb(name: str) -> Colour:
    red, green, blue = ImageColor.getrgb(name)[:3]
    return red, green, blue
