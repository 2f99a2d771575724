"""Every odd format through INGEST's preparation; the table of it ends the test output."""

from collections.abc import Callable

import pytest

from tests.inspection import difference, metadata, seen
from tests.odd_formats import COLOURS, FORMATS, HEIGHT, WIDTH, Colour, turned
from tests.unit.conftest import Bench

TURNED = ("JPEG", "TIFF", "PNG", "WEBP", "HEIC", "AVIF")

# JPEG at quality 90, and five bits a channel in one BMP.
TOLERANCE = 8

Note = Callable[[str, object], None]


def checked(bench: Bench, record_property: Note, name: str, file: bytes, colours: tuple[Colour, ...]) -> None:
    """Told, prepared and shown: the right way up, in the right colours, with nothing beside the picture."""
    picture = bench.sniff(file)
    prepared = bench.prepare(file)
    size, shown = seen(prepared.body)
    off, besides = difference(shown, colours), metadata(prepared.body)
    upright = size == (prepared.width, prepared.height) == (WIDTH, HEIGHT) and off <= TOLERANCE
    kept = picture.native and f"image/{picture.format}" == prepared.content_type
    row = {
        "format": name,
        "told as": picture.format,
        "size": f"{size[0]}×{size[1]}",
        "sent as": f"{prepared.content_type[6:]}, {'not decoded' if kept else 're-encoded'}",
        "upright": "yes" if upright else "NO",
        "colours off by": f"{off} of 255",
        "metadata": ", ".join(besides) or "none",
    }
    record_property("odd format", row)
    assert upright
    assert besides == []


@pytest.mark.parametrize("name", FORMATS)
def test_comes_out_right(name: str, bench: Bench, record_property: Note) -> None:
    make, colours = FORMATS[name]
    checked(bench, record_property, name, make(), colours)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", TURNED)
def test_comes_out_upright(form: str, orientation: int, bench: Bench, record_property: Note) -> None:
    checked(bench, record_property, f"{form}, turned 8 ways", turned(form, orientation), COLOURS)
