"""BMP: every header, depth, mask, palette and row order."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from tests.layouts import bmp_writer, scene
from tests.layouts.bmp_writer import BITFIELDS, INFO, OS2, OS2_V2, RLE4, RLE8, V2, V3, V4, V5
from tests.layouts.case import Case
from tests.layouts.scene import Array

RGB_555, RGB_565, RGB_444 = (0x7C00, 0x3E0, 0x1F), (0xF800, 0x7E0, 0x1F), (0xF00, 0xF0, 0xF)
BGRX, RGBX, XBGR, RGB_101010 = (
    (0xFF0000, 0xFF00, 0xFF),
    (0xFF, 0xFF00, 0xFF0000),
    (0xFF000000, 0xFF0000, 0xFF00),
    (
        0x3FF00000,
        0xFFC00,
        0x3FF,
    ),
)
BGRA, RGBA, ABGR, ODD = (
    (*BGRX, 0xFF000000),
    (*RGBX, 0xFF000000),
    (*XBGR, 0xFF),
    (0xFF0000, 0xFF000000, 0xFF, 0xFF00),
)


def list_cases() -> Iterator[Case]:
    """All of them."""
    for header, top_down in product((INFO, V2, V3, V4, V5), (False, True)):
        settings = {"header": header, "top_down": top_down}
        yield from _list_plain(settings)
        yield from _list_masks(settings)
        if header >= V3:
            yield from _list_alpha(settings)
    for header in (OS2, OS2_V2):
        pixels = bmp_writer.pack_channels(scene.RGB, BGRX)
        yield _make_case("24 bits", pixels, scene.RGB, bits=24, header=header)
    for header, bits in product((OS2, INFO, OS2_V2, V4, V5), (1, 2, 4, 8)):
        yield from _list_palettes(header, bits)


def _make_case(row: str, pixels: Any, picture: Array, **settings: Any) -> Case:
    detail = " ".join(
        f"{name}={[hex(mask) for mask in value] if name == 'masks' else value}"
        for name, value in settings.items()
        if name != "palette"
    )
    return Case("BMP", row, detail, partial(bmp_writer.write_bmp, pixels, **settings), picture)


def _list_plain(settings: dict[str, Any]) -> Iterator[Case]:
    rgb, rgba = scene.RGB, np.concatenate([scene.RGB, scene.ALPHA], -1)
    yield _make_case("24 bits", bmp_writer.pack_channels(rgb, BGRX), rgb, bits=24, **settings)
    yield _make_case("16 bits (5-5-5)", bmp_writer.pack_channels(rgb, RGB_555), rgb, bits=16, **settings)
    # Without masks the fourth byte is reserved, whatever it is.
    yield _make_case("32 bits", bmp_writer.pack_channels(rgb, BGRX), rgb, bits=32, **settings)
    yield _make_case("32 bits, reserved byte used", bmp_writer.pack_channels(rgba, BGRA), rgb, bits=32, **settings)


def _list_masks(settings: dict[str, Any]) -> Iterator[Case]:
    masks: Sequence[int]
    for bits, masks, name in (
        (16, RGB_555, "16 bits, masks 5-5-5"),
        (16, RGB_565, "16 bits, masks 5-6-5"),
        (16, RGB_444, "16 bits, masks 4-4-4"),
        (24, BGRX, "24 bits, masks"),
        (32, BGRX, "32 bits, masks BGR"),
        (32, RGBX, "32 bits, masks RGB"),
        (32, XBGR, "32 bits, masks -BGR"),
        (32, RGB_101010, "32 bits, masks 10-10-10"),
    ):
        pixels = bmp_writer.pack_channels(scene.RGB, masks)
        listed = masks if settings["header"] <= V2 else (*masks, 0)
        yield _make_case(name, pixels, scene.RGB, bits=bits, compression=BITFIELDS, masks=listed, **settings)


def _list_alpha(settings: dict[str, Any]) -> Iterator[Case]:
    shown = scene.put_on_white(scene.RGB, scene.ALPHA)
    for masks, name in ((BGRA, "BGRA"), (RGBA, "RGBA"), (ABGR, "ABGR"), (ODD, "GRAB")):
        for alpha, picture, kind in ((scene.ALPHA, shown, "alpha"), (scene.NO_ALPHA, scene.RGB, "alpha 0 everywhere")):
            pixels = bmp_writer.pack_channels(np.concatenate([scene.RGB, alpha], -1), masks)
            row = f"32 bits, masks {name}, {kind}"
            yield _make_case(row, pixels, picture, bits=32, compression=BITFIELDS, masks=masks, **settings)
    for masks, name in (((0xF00, 0xF0, 0xF, 0xF000), "4-4-4-4"), ((*RGB_555, 0x8000), "5-5-5-1")):
        alpha = np.round(scene.ALPHA) if name == "5-5-5-1" else scene.ALPHA
        pixels = bmp_writer.pack_channels(np.concatenate([scene.RGB, alpha], -1), masks)
        shown, row = scene.put_on_white(scene.RGB, alpha), f"16 bits, masks {name}, alpha"
        yield _make_case(row, pixels, shown, bits=16, compression=BITFIELDS, masks=masks, **settings)


def _list_palettes(header: int, bits: int) -> Iterator[Case]:
    size = 1 << bits
    ramp = [round(value * 255 / (size - 1)) for value in range(size)]
    palettes: dict[str, list[tuple[int, int, int]]] = {
        "colours": [(value, 255 - value, 100) for value in ramp],
        "greys": [(value, value, value) for value in ramp],
        "dark greys": [(value, value, value) for value in range(size)],
        "black and white": [(0, 0, 0), (255, 255, 255)],
        "white and black": [(255, 255, 255), (0, 0, 0)],
        "few colours": [(20 * value, 15 * value, 10 * value) for value in range(min(size, 10))],
    }
    for (name, palette), top_down in product(palettes.items(), (False, True)):
        if header == OS2 and (len(palette) != size or top_down):
            continue
        indexes = np.round(scene.GREY[..., 0] * (len(palette) - 1)).astype(int)
        picture = np.array(palette)[indexes] / 255
        settings: dict[str, Any] = {"header": header, "palette": palette, "bits": bits}
        yield _make_case(_name_row(bits, name), indexes, picture, top_down=top_down, **settings)
        if header != OS2 and bits in (4, 8) and not top_down:
            compression = RLE8 if bits == 8 else RLE4
            row = f"{bits}-bit palette, run lengths"
            yield _make_case(row, indexes, picture, compression=compression, **settings)


def _name_row(bits: int, palette: str) -> str:
    """Two palettes that Pillow mistakes have rows of their own."""
    special = (bits, palette) in ((4, "dark greys"), (4, "black and white"), (8, "black and white"))
    return f"{bits}-bit palette, {palette}" if special else f"{bits}-bit palette"
