"""Every odd format is prepared as INGEST does; the table of outcomes is printed at the end of the test output."""

from collections.abc import Callable

import pytest

from tests.inspection import compute_max_difference, list_metadata, read_display
from tests.odd_formats import COLOURS, FORMATS, HEIGHT, WIDTH, Colour, make_rotated_file
from tests.unit.conftest import PreparationBench

ROTATABLE = ("JPEG", "TIFF", "PNG", "WEBP", "HEIC", "AVIF")

# JPEG at quality 90, and five bits a channel in one BMP.
TOLERANCE = 8

RecordProperty = Callable[[str, object], None]


def check_preparation(
    bench: PreparationBench, record_property: RecordProperty, name: str, file: bytes, colours: tuple[Colour, ...]
) -> None:
    """Sniff and prepare a file, and check that it is upright, in the right colours and without metadata."""
    header = bench.sniff(file)
    prepared = bench.prepare(file)
    size, prepared_colours = read_display(prepared.body)
    colour_error, metadata_found = compute_max_difference(prepared_colours, colours), list_metadata(prepared.body)
    upright = size == (prepared.width, prepared.height) == (WIDTH, HEIGHT) and colour_error <= TOLERANCE
    is_unchanged = header.native and f"image/{header.format}" == prepared.content_type
    row = {
        "format": name,
        "sniffed": header.format,
        "size": f"{size[0]}×{size[1]}",
        "sent as": f"{prepared.content_type[6:]}, {'not decoded' if is_unchanged else 're-encoded'}",
        "upright": "yes" if upright else "NO",
        "colours off by": f"{colour_error} of 255",
        "metadata": ", ".join(metadata_found) or "none",
    }
    record_property("odd format", row)
    assert upright
    assert metadata_found == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_prepared_with_the_right_colours(
    name: str, bench: PreparationBench, record_property: RecordProperty
) -> None:
    make, colours = FORMATS[name]
    check_preparation(bench, record_property, name, make(), colours)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ROTATABLE)
def test_a_rotated_image_is_prepared_upright(
    image_format: str, orientation: int, bench: PreparationBench, record_property: RecordProperty
) -> None:
    check_preparation(
        bench, record_property, f"{image_format}, 8 orientations", make_rotated_file(image_format, orientation), COLOURS
    )
