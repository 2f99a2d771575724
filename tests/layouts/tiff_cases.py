"""TIFF: every combination of colours, depth, extra samples, planes, byte order, compression and predictor."""

from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from tests.layouts import scene, tiff_writer
from tests.layouts.case import Case
from tests.layouts.grey_profile_cases import list_tiff_cases
from tests.layouts.scene import Array
from tests.layouts.tiff_extra_cases import list_extra_samples
from tests.layouts.tiff_writer import DEFLATE, FLOAT, INT, JPEG, LZMA, LZW, NONE, PACKBITS, ZSTD
from tests.layouts.tiff_ycbcr_cases import list_ycbcr

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR, LAB = 0, 1, 2, 3, 5, 6, 8
GREYS = ((WHITE_IS_ZERO, "grey, WhiteIsZero"), (BLACK_IS_ZERO, "grey"))

# Compression and predictor.
CODINGS = ((NONE, 1), (LZW, 1), (LZW, 2), (DEFLATE, 2), (PACKBITS, 1), (ZSTD, 1), (LZMA, 1))


def list_cases() -> Iterator[Case]:
    """All of them."""
    for order, planar, (compression, predictor) in product("<>", (1, 2), CODINGS):
        settings = {"order": order, "planar": planar, "compression": compression, "predictor": predictor}
        yield from _list_grey(settings)
        yield from _list_colours(settings)
        for row, samples, picture, more in list_extra_samples():
            yield _make_case(row, samples, picture, settings, **more)
        yield from _list_palettes(settings)
    for order, planar in product("<>", (1, 2)):
        yield from _list_jpeg({"order": order, "planar": planar, "compression": JPEG})
        yield from _list_floats({"order": order, "planar": planar, "compression": DEFLATE, "predictor": 3})
    for row, samples, picture, settings in list_ycbcr():
        yield _make_case(row, samples, picture, settings)
    yield from _list_bit_orders()
    yield from _list_blocks()
    yield from _list_orientations()
    yield from list_tiff_cases()
    yield from _list_contradictions()


def _make_case(row: str, samples: Any, picture: Array, settings: dict[str, Any], **more: Any) -> Case:
    """A case whose detail names the settings; planes are part of the row."""
    everything = settings | more
    planes = ", planar" if everything.get("planar") == 2 else ""
    detail = " ".join(f"{name}={value}" for name, value in everything.items() if name not in ("tags", "body"))
    return Case("TIFF", row + planes, detail, partial(tiff_writer.write_tiff, samples, **everything), picture)


def _list_grey(settings: dict[str, Any]) -> Iterator[Case]:
    for photometric, name in GREYS:
        grey = scene.GREY if photometric else 1 - scene.GREY
        for bits in (1, 2, 4, 6, 8, 10, 12, 14, 16, 32):
            if settings["predictor"] == 2 and bits not in (8, 16, 32):
                continue
            picture = scene.show_grey(scene.round_to(scene.GREY, bits))
            known = {**dict.fromkeys((1, 2, 4, 8), "1-, 2-, 4-, 8-bit"), 12: "12-bit", 16: "16-bit"}
            row = f"{known[bits]} {name}" if bits in known else "grey of 6, 10, 14, 32 bits"
            samples = scene.quantize(grey, bits)
            yield _make_case(row, samples, picture, settings, photometric=photometric, bits=bits)
        for bits, kind in ((8, np.int8), (16, np.int16), (32, np.int32)):
            signed = np.round(grey * ((1 << (bits - 1)) - 1)).astype(kind)
            more = {"photometric": photometric, "bits": bits, "sample_format": INT}
            yield _make_case("signed grey", signed, scene.show_grey(scene.GREY), settings, **more)
    if settings["predictor"] == 1:
        yield from _list_floats(settings)


def _list_floats(settings: dict[str, Any]) -> Iterator[Case]:
    for (photometric, name), bits, white in product(GREYS, (16, 32, 64), (1.0, 10.0, 255.0)):
        grey = scene.GREY if photometric else 1 - scene.GREY
        kind = {16: np.float16, 32: np.float32, 64: np.float64}[bits]
        row = "16- and 64-bit float grey"
        if bits == 32:
            row = f"32-bit float {name}, 0 to 1" if white == 1 else "32-bit float grey beyond 1"
        more = {"photometric": photometric, "bits": bits, "sample_format": FLOAT}
        yield _make_case(row, (grey * white).astype(kind), scene.show_grey(scene.GREY), settings, **more)


def _list_colours(settings: dict[str, Any]) -> Iterator[Case]:
    for bits, (photometric, name, colours) in product(
        (4, 8, 10, 12, 16, 32), ((RGB, "RGB", scene.RGB), (CMYK, "CMYK", scene.CMYK))
    ):
        if settings["predictor"] == 2 and bits not in (8, 16, 32):
            continue
        row = f"8-, 16-bit {name}" if bits in (8, 16) else f"{name} of 4, 10, 12, 32 bits"
        samples, picture = scene.quantize(colours, bits), scene.round_to(scene.RGB, bits)
        yield _make_case(row, samples, picture, settings, photometric=photometric, bits=bits)
    ycbcr = scene.quantize(scene.to_ycbcr(scene.RGB), 8)
    tags = {530: (3, (1, 1))}
    yield _make_case("8-bit YCbCr", ycbcr, scene.RGB, settings, photometric=YCBCR, bits=8, tags=tags)
    lab = scene.to_lab(scene.RGB)
    yield _make_case("8-bit CIELab", lab, scene.RGB, settings, photometric=LAB, bits=8)
    for photometric in (9, 10, 32803, 34892, 32845):
        row = "ICCLab, ITULab, CFA, LinearRaw, LogLuv"
        yield _make_case(row, lab, scene.RGB, settings, photometric=photometric, bits=8)


def _list_palettes(settings: dict[str, Any]) -> Iterator[Case]:
    for bits, (white, row) in product((1, 2, 4, 8), ((65535, "palette"), (255, "palette of 8-bit values"))):
        if settings["predictor"] == 2 and bits < 8:
            continue
        palette, indexes = scene.make_palette(1 << bits), scene.quantize(scene.GREY, bits)
        values = np.round(palette.T * white).astype(int).ravel()
        more = {"photometric": PALETTE, "bits": bits, "tags": {320: (3, tuple(values.tolist()))}}
        picture = palette[indexes[..., 0]]
        yield _make_case(row, indexes, picture, settings, **more)
        if bits == 8:
            both = np.concatenate([indexes, scene.quantize(scene.ALPHA, 8)], -1)
            shown = scene.put_on_white(picture, scene.ALPHA)
            yield _make_case("palette + unspecified sample", both, picture, settings, extra=(0,), **more)
            yield _make_case("palette + alpha", both, shown, settings, extra=(2,), **more)


def _list_jpeg(settings: dict[str, Any]) -> Iterator[Case]:
    grey, rgb, cmyk = (scene.quantize(colours, 8) for colours in (scene.GREY, scene.RGB, scene.CMYK))
    shown = scene.show_grey(scene.GREY)
    yield _make_case("JPEG grey", grey, shown, settings, photometric=BLACK_IS_ZERO, bits=8)
    yield _make_case("JPEG RGB", rgb, scene.RGB, settings, photometric=RGB, bits=8)
    if settings["planar"] == 1:
        tags = {530: (3, (1, 1))}
        yield _make_case("JPEG YCbCr", rgb, scene.RGB, settings, photometric=YCBCR, bits=8, tags=tags)
        yield _make_case("JPEG CMYK", cmyk, scene.RGB, settings, photometric=CMYK, bits=8)


def _list_bit_orders() -> Iterator[Case]:
    for order, compression, bits in product("<>", (NONE, LZW), (1, 2, 4, 8, 16)):
        settings = {"order": order, "compression": compression, "fill_order": 2, "bits": bits}
        row = f"{'16-bit' if bits == 16 else '1-, 2-, 4-, 8-bit'}, low bit first"
        picture = scene.show_grey(scene.round_to(scene.GREY, bits))
        for photometric, _ in GREYS:
            samples = scene.quantize(scene.GREY if photometric else 1 - scene.GREY, bits)
            yield _make_case(row, samples, picture, settings, photometric=photometric)
        if bits in (8, 16):
            yield _make_case(row, scene.quantize(scene.RGB, bits), scene.RGB, settings, photometric=RGB)


def _list_blocks() -> Iterator[Case]:
    blocks: tuple[dict[str, int], ...] = ({"tile": 32}, {"rows_per_strip": 13})
    for order, planar, compression, bits, block in product("<>", (1, 2), (NONE, LZW), (8, 16), blocks):
        settings = {"order": order, "planar": planar, "compression": compression, **block}
        rgb = scene.quantize(scene.RGB, bits)
        yield _make_case("tiles and strips", rgb, scene.RGB, settings, photometric=RGB, bits=bits)


def _list_orientations() -> Iterator[Case]:
    for order, compression, orientation in product("<>", (NONE, LZW), range(1, 9)):
        stored = scene.store_for_orientation(scene.quantize(scene.RGB, 8), orientation)
        settings: dict[str, Any] = {"order": order, "compression": compression, "photometric": RGB, "bits": 8}
        case = _make_case("turned", stored, scene.RGB, settings, tags={274: (3, (orientation,))})
        yield Case("TIFF", "turned", f"{case.detail} orientation={orientation}", case.write, scene.RGB)


def _list_contradictions() -> Iterator[Case]:
    """Layouts that hardly anybody writes, or that say too little."""
    rgb, cmyk = scene.quantize(scene.RGB, 8), scene.quantize(scene.CMYK, 8)
    opaque = np.concatenate([rgb, np.full_like(rgb[..., :1], 255)], -1)
    for row, samples, more in (
        ("RGB of 5, 6 and 5 bits", rgb >> 3, {"photometric": RGB, "bits": (5, 6, 5)}),
        ("inks of no known colour", cmyk, {"photometric": CMYK, "bits": 8, "tags": {332: (3, (2,))}}),
        ("samples of mixed kinds", rgb, {"photometric": RGB, "bits": 8, "tags": {339: (3, (1, 1, 3))}}),
        ("RGB + unexplained sample, 255 everywhere", opaque, {"photometric": RGB, "bits": 8}),
    ):
        yield _make_case(row, samples, scene.RGB, {}, **more)
