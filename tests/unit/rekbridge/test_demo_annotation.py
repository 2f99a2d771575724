from pathlib import Path

import pytest
from PIL import Image
from rekbridge.demo import image_files
from rekbridge.demo.annotation import (
    BACKGROUND,
    COLOURS,
    MAX_SIDE_PX,
    MUTED_COLOUR,
    PANEL_PX,
    draw_annotated_image,
)
from rekbridge.demo.boxes import Box

LEFT_HALF = ((0.1, 0.2), (0.5, 0.2), (0.5, 0.8), (0.1, 0.8))
FACE = Box("faces", "face", 99.0, LEFT_HALF)
PATHS = dict.fromkeys(COLOURS, "bytes, from eu-west-3 to eu-west-1")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """White, 400 by 200, stored sideways."""
    file = tmp_path / "photo.jpg"
    file.write_bytes(image_files.encode_rotated_with_gps(Image.new("RGB", (400, 200), "white"), quality=100))
    return file


def test_the_image_is_upright_and_beside_its_panel(photo: Path) -> None:
    assert draw_annotated_image(photo, {"faces": [FACE]}, PATHS).size == (MAX_SIDE_PX + PANEL_PX, MAX_SIDE_PX // 2)


def test_a_box_is_drawn_at_its_place_in_the_upright_image(photo: Path) -> None:
    image = draw_annotated_image(photo, {"faces": [FACE]}, PATHS)
    edge = (MAX_SIDE_PX * 0.3, MAX_SIDE_PX / 2 * 0.2)
    assert image.getpixel((int(edge[0]), int(edge[1]) + 1)) == COLOURS["faces"]


def test_the_inside_of_a_box_is_not_changed(photo: Path) -> None:
    image = draw_annotated_image(photo, {"faces": [FACE]}, PATHS)
    assert image.getpixel((int(MAX_SIDE_PX * 0.3), int(MAX_SIDE_PX / 2 * 0.5))) == (255, 255, 255)


def test_every_operation_has_its_own_colour(photo: Path) -> None:
    boxes = {name: [Box(name, name, 90.0, LEFT_HALF)] for name in COLOURS}
    image = draw_annotated_image(photo, boxes, PATHS).crop((0, 0, MAX_SIDE_PX, MAX_SIDE_PX // 2))
    colours = {colour for _, colour in image.getcolors(1_000_000) or []}
    assert set(COLOURS.values()) <= colours


def test_a_line_that_is_too_long_for_the_panel_stays_within_it(photo: Path) -> None:
    boxes = {"text": [Box("text", "unambiguously " * 20, 90.0, LEFT_HALF)]}
    image = draw_annotated_image(photo, boxes, PATHS)
    margin = image.crop((image.width - 10, 0, image.width, image.height))
    assert margin.getcolors() == [(margin.width * margin.height, BACKGROUND)]


def test_labels_without_a_box_are_listed_in_the_panel_in_grey(photo: Path) -> None:
    label = Box("labels", "Cat", 90.0, LEFT_HALF)
    panels = [
        draw_annotated_image(photo, {"labels": [label]}, PATHS, unplaced).crop(
            (MAX_SIDE_PX, 0, MAX_SIDE_PX + PANEL_PX, 700)
        )
        for unplaced in ([], ["Animal, 92.4 %"])
    ]
    grey_pixels = [{colour: count for count, colour in panel.getcolors(100_000) or []} for panel in panels]
    assert grey_pixels[1][MUTED_COLOUR] > grey_pixels[0][MUTED_COLOUR]


def test_a_contact_sheets_rows_fill_its_width(tmp_path: Path) -> None:
    for name, size in (("wide.png", (300, 100)), ("square.png", (50, 50))):
        Image.new("RGB", size, "navy").save(tmp_path / name)
    wide, square = tmp_path / "wide.png", tmp_path / "square.png"
    sheet = image_files.build_contact_sheet([wide, square], [square])
    row_height = (image_files.WIDTH_PX - image_files.GAP_PX) / 4
    assert sheet.size == (image_files.WIDTH_PX, row_height + image_files.GAP_PX + image_files.WIDTH_PX)
    assert {sheet.getpixel((x, 10)) for x in (0, image_files.WIDTH_PX - 2)} == {(0, 0, 128)}
