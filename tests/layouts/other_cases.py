"""PNG, GIF, WebP, AVIF and JPEG."""

import struct
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import imagecodecs
import numpy as np

from tests.layouts import exif_writer, gif_writer, png_writer, scene
from tests.layouts.case import Case
from tests.layouts.grey_profile_cases import list_png_cases
from tests.layouts.heif_writer import add_aperture, encode_aperture
from tests.layouts.scene import quantize


def list_cases() -> Iterator[Case]:
    """All of them."""
    yield from list_png_cases()
    for interlaced in (False, True):
        yield from _list_png(interlaced)
        yield from _list_gif(interlaced)
    yield from _list_webp()
    yield from _list_avif()
    yield from _list_avif_colours()
    yield from _list_avif_cropped()
    yield from _list_jpeg()
    yield from _list_orientations()


def encode(codec: str, samples: Any, level: int, **settings: Any) -> bytes:
    """A file by one of imagecodecs' encoders."""
    return bytes(getattr(imagecodecs, f"{codec}_encode")(samples, level, **settings))


def _list_png(interlaced: bool) -> Iterator[Case]:
    detail = "interlaced" if interlaced else "plain"

    def make(row: str, samples: Any, picture: scene.Array, **settings: Any) -> Case:
        write = partial(png_writer.write_png, samples, interlaced=interlaced, **settings)
        return Case("PNG", row, detail, write, picture)

    for bits in (1, 2, 4, 8, 16):
        samples, picture = quantize(scene.GREY, bits), scene.show_grey(scene.round_to(scene.GREY, bits))
        yield make(f"{bits}-bit grey", samples, picture, bits=bits, colour=png_writer.GREY)
        value = int(samples[40, 50, 0])
        hidden = np.where(samples == value, 1, picture)
        before = ((b"tRNS", struct.pack(">H", value)),)
        row = f"{bits}-bit grey, one transparent"
        yield make(row, samples, hidden, bits=bits, colour=png_writer.GREY, before=before)
        if bits <= 8:
            palette, alphas = scene.make_palette(1 << bits), np.linspace(0.2, 1, 1 << bits)
            chunk, picture = png_writer.encode_palette(palette), palette[samples[..., 0]]
            row = f"{bits}-bit palette"
            yield make(row, samples, picture, bits=bits, colour=png_writer.PALETTE, before=(chunk,))
            chunks = chunk, (b"tRNS", quantize(alphas, 8).tobytes())
            picture = scene.put_on_white(picture, alphas[samples])
            yield make(f"{row}, transparent", samples, picture, bits=bits, colour=png_writer.PALETTE, before=chunks)
    for bits in (8, 16):
        samples = quantize(scene.RGB, bits)
        samples[20:60, 30:70] = samples[20, 30]
        picture = samples / ((1 << bits) - 1)
        yield make(f"{bits}-bit RGB", samples, picture, bits=bits, colour=png_writer.RGB)
        hidden = np.where((samples == samples[20, 30]).all(-1, keepdims=True), 1, picture)
        before = ((b"tRNS", struct.pack(">3H", *samples[20, 30])),)
        yield make(f"{bits}-bit RGB, one transparent", samples, hidden, bits=bits, colour=png_writer.RGB, before=before)
        for colour, name, colours, shown in (
            (png_writer.GREY_ALPHA, "grey", scene.GREY, scene.show_grey(scene.GREY)),
            (png_writer.RGBA, "RGB", scene.RGB, scene.RGB),
        ):
            samples = quantize(np.concatenate([colours, scene.ALPHA], -1), bits)
            row = f"{bits}-bit {name} + alpha"
            yield make(row, samples, scene.put_on_white(shown, scene.ALPHA), bits=bits, colour=colour)
            samples = quantize(np.concatenate([colours, scene.NO_ALPHA], -1), bits)
            yield make(f"{row} 0 everywhere", samples, np.ones_like(shown), bits=bits, colour=colour)


def _list_gif(interlaced: bool) -> Iterator[Case]:
    palette = scene.make_palette(128)
    indexes = quantize(scene.GREY, 7)[..., 0]
    hidden = int(indexes[40, 50])
    for transparent, local in product((None, hidden, 5), (False, True)):
        picture = palette[indexes].copy()
        if transparent is not None:
            picture[indexes == transparent] = 1
        settings: dict[str, Any] = {"interlaced": interlaced, "transparent": transparent, "local_palette": local}
        detail = " ".join(f"{name}={value}" for name, value in settings.items())
        row = "one transparent" if transparent is not None else "opaque"
        write = partial(gif_writer.write_gif, indexes, palette, **settings)
        yield Case("GIF", row, detail, write, picture)
        canvas = np.ones((scene.HEIGHT + 30, scene.WIDTH + 40, 3))
        canvas[10 : 10 + scene.HEIGHT, 20 : 20 + scene.WIDTH] = picture
        size = canvas.shape[1], canvas.shape[0]
        write = partial(write, canvas=size, at=(20, 10), background=100)
        yield Case("GIF", f"{row}, smaller than the canvas", detail, write, canvas)
        wide = partial(gif_writer.write_gif, indexes, palette, canvas=(80, 80), **settings)
        yield Case("GIF", f"{row}, larger than the canvas", detail, wide, picture)


def _list_webp() -> Iterator[Case]:
    rgb, rgba = quantize(scene.RGB, 8), quantize(np.concatenate([scene.RGB, scene.ALPHA], -1), 8)
    none = quantize(np.concatenate([scene.RGB, scene.NO_ALPHA], -1), 8)
    shown = scene.put_on_white(scene.RGB, scene.ALPHA)
    for lossless in (False, True):
        write, detail = partial(encode, "webp", level=90, lossless=lossless), f"lossless={lossless}"
        yield Case("WebP", "RGB", detail, partial(write, rgb), scene.RGB)
        yield Case("WebP", "RGB + alpha", detail, partial(write, rgba), shown)
        yield Case("WebP", "RGB + alpha 0 everywhere", detail, partial(write, none), np.ones_like(shown))
        film = np.stack([rgb, 255 - rgb])
        yield Case("WebP", "film (first frame)", detail, partial(write, film, delay=100), scene.RGB)


def _list_avif() -> Iterator[Case]:
    colours = (
        ("RGB", scene.RGB, scene.RGB),
        ("RGB + alpha", np.concatenate([scene.RGB, scene.ALPHA], -1), scene.put_on_white(scene.RGB, scene.ALPHA)),
        ("grey", scene.GREY, scene.show_grey(scene.GREY)),
    )
    for bits, sampling, (name, samples, picture) in product((8, 10, 12), ("444", "422", "420", "400"), colours):
        if (sampling == "400") == (name == "grey"):
            settings = {"bitspersample": bits, "pixelformat": f"YUV{sampling}", "speed": 10}
            write = partial(encode, "avif", quantize(samples, bits), 95, **settings)
            yield Case("AVIF", f"{bits}-bit {name}", f"sampling={sampling}", write, picture)


def _list_avif_colours() -> Iterator[Case]:
    """Numbers that mean sRGB, or colours that Pillow would hand over as if they were; sampling and matrix as well."""
    plain, other = "10-bit RGB, sRGB or BT.709", "10-bit RGB, other colours without a profile"
    hdr = "10-bit RGB, HDR"
    for row, primaries, transfer, matrix in (
        *((plain, "BT709", transfer, "BT709") for transfer in ("SRGB", "BT709", "UNSPECIFIED", "BT601")),
        *((plain, "BT709", "SRGB", matrix) for matrix in ("BT601", "BT2020_NCL", "IDENTITY", "YCGCO")),
        *((other, primaries, "SRGB", "BT601") for primaries in ("SMPTE432", "SMPTE431", "BT2020", "XYZ")),
        *((other, "BT709", transfer, "BT601") for transfer in ("LINEAR", "LOG100", "SMPTE428", "BT470BG")),
        *((hdr, "BT2020", transfer, "BT2020_NCL") for transfer in ("PQ", "HLG")),
        *((hdr, "BT709", transfer, "BT709") for transfer in ("PQ", "HLG")),
    ):
        settings = {
            "bitspersample": 10,
            "pixelformat": "YUV444",
            "speed": 10,
            "primaries": getattr(imagecodecs.AVIF.COLOR_PRIMARIES, primaries),
            "transfer": getattr(imagecodecs.AVIF.TRANSFER_CHARACTERISTICS, transfer),
            "matrix": getattr(imagecodecs.AVIF.MATRIX_COEFFICIENTS, matrix),
        }
        write = partial(encode, "avif", quantize(scene.RGB, 10), 95, **settings)
        yield Case("AVIF", row, f"{primaries} {transfer} {matrix}", write, scene.RGB)


def _list_avif_cropped() -> Iterator[Case]:
    """Pillow's plugin knows no clean aperture, and would send what was to be cropped away."""
    height, width = scene.RGB.shape[:2]
    for row, right, bottom in (("cropped", 0, 10), ("cropped", 20, 0), ("cropped to the whole", 0, 0)):
        shown = scene.RGB[: height - bottom, : width - right]
        shift = (-right, 2), (-bottom, 2)
        write = partial(_write_cropped_avif, encode_aperture((width - right, 1), (height - bottom, 1), *shift))
        yield Case("AVIF", f"8-bit RGB, {row}", f"right={right} bottom={bottom}", write, shown)


def _write_cropped_avif(aperture: bytes) -> bytes:
    return add_aperture(encode("avif", quantize(scene.RGB, 8), 95, speed=10), aperture)


def _list_jpeg() -> Iterator[Case]:
    for sampling, (row, samples, kind, stored, picture) in product(
        ("444", "422", "420"),
        (
            ("YCbCr", scene.RGB, "RGB", "YCBCR", scene.RGB),
            ("RGB", scene.RGB, "RGB", "RGB", scene.RGB),
            ("grey", scene.GREY[..., 0], "GRAYSCALE", "GRAYSCALE", scene.show_grey(scene.GREY)),
            # All writers store inks inverted, and browsers expect it, whether or not there is an Adobe marker.
            ("CMYK", 1 - scene.CMYK, "CMYK", "CMYK", scene.RGB),
            ("YCCK", 1 - scene.CMYK, "CMYK", "YCCK", scene.RGB),
        ),
    ):
        settings = {"colorspace": kind, "outcolorspace": stored, "subsampling": sampling}
        write = partial(encode, "jpeg8", quantize(samples, 8), 95, **settings)
        yield Case("JPEG", row, f"sampling={sampling}", write, picture)
        if row in ("CMYK", "RGB"):
            yield Case(
                "JPEG", f"{row} without Adobe marker", f"sampling={sampling}", partial(_drop_adobe, write), picture
            )


def _drop_adobe(write: Callable[[], bytes]) -> bytes:
    file = write()
    at = file.index(b"\xff\xee")
    return file[:at] + file[at + 2 + int.from_bytes(file[at + 2 : at + 4]) :]


def _list_orientations() -> Iterator[Case]:
    for orientation in range(1, 9):
        stored = scene.store_for_orientation(quantize(scene.RGB, 8), orientation)
        exif = exif_writer.encode_orientation(orientation)
        detail = f"orientation={orientation}"
        chunk = ((b"eXIf", exif),)
        settings: dict[str, Any] = {"bits": 8, "colour": png_writer.RGB}
        for place in ("before", "after"):
            chunks: dict[str, Any] = {place: chunk}
            write = partial(png_writer.write_png, stored, **settings, **chunks)
            yield Case("PNG", "8-bit RGB, turned", f"{detail} {place} the pixels", write, scene.RGB)
        webp = partial(exif_writer.write_webp, partial(encode, "webp", stored, level=90, lossless=False), exif)
        yield Case("WebP", "RGB, turned", detail, webp, scene.RGB)
        jpeg = partial(exif_writer.write_jpeg, partial(encode, "jpeg8", stored, 95), exif)
        yield Case("JPEG", "YCbCr, turned", detail, jpeg, scene.RGB)
