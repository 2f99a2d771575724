"""TIFF: samples after the colours, which may be transparency or not."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from tests.layouts import scene
from tests.layouts.scene import Array

UNSPECIFIED, PREMULTIPLIED, ALPHA = 0, 1, 2
NAMES = {UNSPECIFIED: "unspecified sample", PREMULTIPLIED: "premultiplied alpha", ALPHA: "alpha"}

COLOURS = (
    ("RGB", 2, scene.RGB, scene.RGB),
    ("grey", 1, scene.GREY, scene.show_grey(scene.GREY)),
    ("grey, WhiteIsZero", 0, 1 - scene.GREY, scene.show_grey(scene.GREY)),
    ("CMYK", 5, scene.CMYK, scene.RGB),
)
EXTRAS = ((0,), (1,), (2,), (0, 0), (1, 0), (2, 0), (), (999,))


def list_extra_samples() -> Iterator[tuple[str, Any, Array, dict[str, Any]]]:
    """Row, samples, picture and settings for `write_tiff`."""
    for bits, extra, (name, photometric, colours, shown) in product((8, 16), EXTRAS, COLOURS):
        kind = extra[0] if extra and extra[0] in NAMES else ALPHA
        stored = colours * scene.ALPHA if kind == PREMULTIPLIED else colours
        samples = scene.quantize(np.concatenate([stored, *[scene.ALPHA] * max(1, len(extra))], -1), bits)
        picture = shown if kind == UNSPECIFIED else scene.put_on_white(shown, scene.ALPHA)
        row = _name_row(name, bits, extra)
        yield row, samples, picture, {"photometric": photometric, "bits": bits, "extra": extra}


def _name_row(name: str, bits: int, extra: tuple[int, ...]) -> str:
    if not extra or extra[0] not in NAMES:
        return f"{name} + unexplained sample"
    if name == "RGB":
        return f"{bits}-bit RGB + two extra samples" if len(extra) == 2 else f"RGB + {NAMES[extra[0]]}"
    if name == "CMYK":
        return f"{bits}-bit CMYK + unspecified samples" if extra[0] == UNSPECIFIED else "CMYK + alpha"
    if len(extra) == 2:
        return "grey + two extra samples"
    if name == "grey":
        return f"8-bit grey + {NAMES[extra[0]]}" if bits == 8 else "16-bit grey + extra sample"
    return "grey, WhiteIsZero + extra sample"
