"""HEIC: the few files of tests/odd, and copies of one with other numbers for its colours."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from tests.layouts.case import Case
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
    for row, primaries, transfer in (
        ("8-bit RGB, BT.709", 1, 1),
        ("8-bit RGB, HDR", 9, 16),
        ("8-bit RGB, HDR", 9, 18),
        ("8-bit RGB, other colours without a profile", 12, 13),
        ("8-bit RGB, other colours without a profile", 1, 8),
    ):
        write = partial(_write_numbers, primaries, transfer)
        yield Case("HEIC", row, f"primaries={primaries} transfer={transfer}", write, picture)


def _write_numbers(primaries: int, transfer: int) -> bytes:
    file = (ODD / "orientation-1.heic").read_bytes()
    assert file.count(PLAIN_NUMBERS) == 1
    return file.replace(PLAIN_NUMBERS, b"colrnclx" + bytes((0, primaries, 0, transfer)))
