"""The dominant colours of an image, with the nearest CSS colour and the nearest simplified colour of each."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from PIL import Image, ImageColor

from rekbridge_engine.vision.boxes import BoundingBox
from rekbridge_engine.vision.images import DecodedImage, select_outside

type RgbColour = tuple[int, int, int]

_ANALYSIS_SIDE = 128
# The twelve names that AWS documents for SimplifiedColor.
SIMPLIFIED_COLOURS: Mapping[str, RgbColour] = {
    "red": (220, 20, 30), "orange": (255, 140, 0), "yellow": (250, 220, 40), "green": (40, 140, 50),
    "teal": (0, 128, 128), "blue": (40, 80, 200), "purple": (120, 40, 140), "pink": (255, 150, 190),
    "white": (255, 255, 255), "black": (0, 0, 0), "grey": (128, 128, 128), "brown": (120, 75, 40),
}  # fmt: skip

# A colour whose channels differ by this or less counts as grey; by distance alone, light grey is nearer to pink.
_MAX_GREY_DIFFERENCE = 30
_GREYS = {"black": (0, 0, 0), "grey": (128, 128, 128), "white": (255, 255, 255)}


def find_dominant_colours(
    image: DecodedImage, max_colours: int, excluded: BoundingBox | None = None
) -> list[dict[str, Any]]:
    """Rekognition's DominantColors: at most max_colours, the most frequent first, outside of a box if one is excluded.

    PixelPercent is of the pixels that are measured.
    """
    if max_colours == 0:
        return []
    pixels = select_outside(image.shrink_to_fit(_ANALYSIS_SIDE).pixels, excluded)
    # Colours are counted wherever they lie, so the pixels around a box may as well be one column.
    small = Image.fromarray(pixels.reshape(-1, 1, 3) if excluded else pixels)
    quantized = small.quantize(colors=max_colours, method=Image.Quantize.MEDIANCUT, kmeans=2)
    palette = quantized.getpalette() or []
    counts = sorted(quantized.getcolors(256) or [], reverse=True)
    total = small.width * small.height
    return [
        _format_colour(_get_palette_colour(palette, int(str(index))), 100 * count / total) for count, index in counts
    ]


def _format_colour(colour: RgbColour, percent: float) -> dict[str, Any]:
    red, green, blue = colour
    is_grey = max(colour) - min(colour) <= _MAX_GREY_DIFFERENCE
    return {
        "Red": red,
        "Green": green,
        "Blue": blue,
        "HexCode": f"#{red:02x}{green:02x}{blue:02x}",
        "CSSColor": _find_nearest_name(colour, load_css_colours()),
        "SimplifiedColor": _find_nearest_name(colour, _GREYS if is_grey else SIMPLIFIED_COLOURS),
        "PixelPercent": percent,
    }


def _get_palette_colour(palette: list[int], index: int) -> RgbColour:
    red, green, blue = palette[3 * index : 3 * index + 3]
    return red, green, blue


def _find_nearest_name(colour: RgbColour, names: Mapping[str, RgbColour]) -> str:
    return min(names, key=lambda name: sum((a - b) ** 2 for a, b in zip(colour, names[name], strict=True)))


@cache
def load_css_colours() -> dict[str, RgbColour]:
    """The named colours of CSS."""
    return {name: _parse_colour(name) for name in ImageColor.colormap}


def _parse_colour(name: str) -> RgbColour:
    red, green, blue = ImageColor.getrgb(name)[:3]
    return red, green, blue
