"""HEIC: the few files of tests/odd, and copies of one with other numbers for its colours."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from tests.layouts.case import Case
from tests.layouts.heif_writer import Fraction, add_aperture, encode_aperture
from tests.layouts.scene import Array
from tests.odd_formats import HIDDEN, ODD, draw_quadrants

# As its encoder wrote it: BT.709's primaries, sRGB's curve (ITU-T H.273).
PLAIN_NUMBERS = b"colrnclx" + bytes((0, 1, 0, 13))


def list_cases() -> Iterator[Case]:
    """All of them."""
    picture = np.asarray(draw_quadrants()) / 255
    for orientation in range(1, 9):
        name = f"orientation-{orientation}.heic"
        yield Case("HEIC", "8-bit RGB, turned", name, (ODD / name).read_bytes, picture)
    yield Case("HEIC", "10-bit RGB", "ten-bits.heic", (ODD / "ten-bits.heic").read_bytes, picture)
    shown = np.asarray(draw_quadrants(HIDDEN)) / 255
    yield Case("HEIC", "8-bit RGB + alpha", "alpha.heic", (ODD / "alpha.heic").read_bytes, shown)
    yield from _list_cropped(picture)
    for row, primaries, transfer in (
        ("8-bit RGB, BT.709", 1, 1),
        ("8-bit RGB, HDR", 9, 16),
        ("8-bit RGB, HDR", 9, 18),
        ("8-bit RGB, other colours without a profile", 12, 13),
        ("8-bit RGB, other colours without a profile", 1, 8),
    ):
        write = partial(_write_numbers, primaries, transfer)
        yield Case("HEIC", row, f"primaries={primaries} transfer={transfer}", write, picture)


def _list_cropped(picture: Array) -> Iterator[Case]:
    """Off the centre in a picture that is not turned; around it in those that are turned by a quarter."""
    for left, top in ((0, 0), (24, 6), (5, 4)):
        shift = (2 * left - 24, 2), (2 * top - 6, 2)
        write = partial(_write_cropped, 1, (120, 1), (90, 1), *shift)
        cropped = picture[top : top + 90, left : left + 120]
        yield Case("HEIC", "8-bit RGB, cropped", f"left={left} top={top}", write, cropped)
    for orientation in (6, 8):
        write = partial(_write_cropped, orientation, (90, 1), (120, 1), (0, 1), (0, 1))
        yield Case("HEIC", "8-bit RGB, cropped, turned", f"orientation={orientation}", write, picture[3:93, 12:132])
    write = partial(_write_cropped, 1, (80, 1), (9, 1), (0, 1), (0, 1))
    yield Case("HEIC", "8-bit RGB, cropped to a small part", "80 × 9", write, picture[:9, :80])


def _write_cropped(orientation: int, width: Fraction, height: Fraction, right: Fraction, down: Fraction) -> bytes:
    file = (ODD / f"orientation-{orientation}.heic").read_bytes()
    return add_aperture(file, encode_aperture(width, height, right, down))


def _write_numbers(primaries: int, transfer: int) -> bytes:
    file = (ODD / "orientation-1.heic").read_bytes()
    assert file.count(PLAIN_NUMBERS) == 1
    return file.replace(PLAIN_NUMBERS, b"colrnclx" + bytes((0, primaries, 0, transfer)))
