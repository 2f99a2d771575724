from pathlib import Path

import pytest
from PIL import Image
from rekbridge.demo import odd
from rekbridge.demo.boxes import Box
from rekbridge.demo.picture import COLOURS, GROUND, NORMAL_SIDE, PANEL, drawn

LEFT_HALF = ((0.1, 0.2), (0.5, 0.2), (0.5, 0.8), (0.1, 0.8))
FACE = Box("faces", "face", 99.0, LEFT_HALF)
PATHS = dict.fromkeys(COLOURS, "bytes, from eu-west-3 to eu-west-1")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """White, 400 by 200, stored sideways."""
    file = tmp_path / "photo.jpg"
    file.write_bytes(odd.sideways(Image.new("RGB", (400, 200), "white"), quality=100))
    return file


def test_the_picture_is_shown_upright_beside_its_panel(photo: Path) -> None:
    assert drawn(photo, {"faces": [FACE]}, PATHS).size == (NORMAL_SIDE + PANEL, NORMAL_SIDE // 2)


def test_a_box_is_drawn_where_the_answer_says_it_is_in_the_upright_picture(photo: Path) -> None:
    image = drawn(photo, {"faces": [FACE]}, PATHS)
    edge = (NORMAL_SIDE * 0.3, NORMAL_SIDE / 2 * 0.2)
    assert image.getpixel((int(edge[0]), int(edge[1]) + 1)) == COLOURS["faces"]


def test_what_lies_in_a_box_stays_as_it_was(photo: Path) -> None:
    image = drawn(photo, {"faces": [FACE]}, PATHS)
    assert image.getpixel((int(NORMAL_SIDE * 0.3), int(NORMAL_SIDE / 2 * 0.5))) == (255, 255, 255)


def test_every_operation_has_a_colour_of_its_own(photo: Path) -> None:
    seen = {name: [Box(name, name, 90.0, LEFT_HALF)] for name in COLOURS}
    image = drawn(photo, seen, PATHS).crop((0, 0, NORMAL_SIDE, NORMAL_SIDE // 2))
    found = {colour for _, colour in image.getcolors(1_000_000) or []}
    assert set(COLOURS.values()) <= found


def test_a_line_that_is_too_long_for_the_panel_stays_within_it(photo: Path) -> None:
    seen = {"text": [Box("text", "unambiguously " * 20, 90.0, LEFT_HALF)]}
    image = drawn(photo, seen, PATHS)
    margin = image.crop((image.width - 10, 0, image.width, image.height))
    assert margin.getcolors() == [(margin.width * margin.height, GROUND)]
