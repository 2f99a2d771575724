"""PNG and TIFF: grey of linear light, by gamma or by a profile, with and without transparency."""

import struct
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from tests.layouts import png_writer, scene, tiff_writer
from tests.layouts.case import Case
from tests.layouts.scene import Array, quantize

ICC_TAG, ALPHA_SAMPLE = 34675, 2
# A value that no pixel has.
UNUSED = 7


def show_linear(grey: Array) -> Array:
    """Linear light as sRGB encodes it (IEC 61966-2-1), in three channels."""
    return scene.show_grey(np.where(grey > 0.0031308, 1.055 * grey ** (1 / 2.4) - 0.055, 12.92 * grey))


GREY, BOTH = quantize(scene.GREY, 8), quantize(np.concatenate([scene.GREY, scene.ALPHA], -1), 8)
SHOWN, MIXED = show_linear(scene.GREY), show_linear(scene.put_on_white(scene.GREY, scene.ALPHA))


def list_png_cases() -> Iterator[Case]:
    """With the chunks gAMA and iCCP."""
    profile = b"grey\0\0" + zlib.compress(build_linear_grey_profile())
    chunks = ((b"gAMA", struct.pack(">I", 100_000)), (b"iCCP", profile))
    for chunk in chunks:
        for name, samples, colour, before, picture in (
            ("", GREY, png_writer.GREY, (), SHOWN),
            (" + alpha", BOTH, png_writer.GREY_ALPHA, (), MIXED),
            (", one transparent", GREY, png_writer.GREY, ((b"tRNS", struct.pack(">H", UNUSED)),), SHOWN),
        ):
            settings: dict[str, Any] = {"bits": 8, "colour": colour, "before": (chunk, *before)}
            write = partial(png_writer.write_png, samples, **settings)
            yield Case("PNG", f"8-bit grey{name}, linear", chunk[0].decode(), write, picture)


def list_tiff_cases() -> Iterator[Case]:
    """With a profile."""
    tags: dict[int, tuple[int, tuple[int, ...]]] = {ICC_TAG: (7, tuple(build_linear_grey_profile()))}
    for name, samples, extra, picture in (("", GREY, (), SHOWN), (" + alpha", BOTH, (ALPHA_SAMPLE,), MIXED)):
        settings: dict[str, Any] = {"photometric": 1, "bits": 8, "extra": extra, "tags": tags}
        write = partial(tiff_writer.write_tiff, samples, **settings)
        yield Case("TIFF", f"8-bit grey{name}, linear profile", "profile", write, picture)


def build_linear_grey_profile() -> bytes:
    """The smallest ICC profile of grey (ICC.1:2001): its white, and a tone curve without points, which is linear."""
    d50 = struct.pack(">3I", 0xF6D6, 0x10000, 0xD32D)
    parts = {b"wtpt": b"XYZ \0\0\0\0" + d50, b"kTRC": b"curv\0\0\0\0\0\0\0\0"}
    table, body, start = struct.pack(">I", len(parts)), b"", 128 + 4 + 12 * len(parts)
    for name, part in parts.items():
        table += name + struct.pack(">II", start + len(body), len(part))
        body += part
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"", 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    head = (head.ljust(36, b"\0") + b"acsp").ljust(68, b"\0") + d50
    return head.ljust(128, b"\0") + table + body
