import random
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from rekbridge_lambda.domain.errors import ImageTooLarge, ImageTooSmall, UnreadableImage
from rekbridge_lambda.imaging.dimensions import Picture
from rekbridge_lambda.imaging.preparation import Pillow
from rekbridge_lambda.imaging.sniffing import Limits

from tests.inspection import difference, metadata, seen
from tests.odd_formats import COLOURS, FORMATS, HEIGHT, WIDTH, quadrants, saved, swapped, swapped_profile, turned
from tests.unit.conftest import ROOMY, Bench


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height))


def test_a_picture_within_the_limits_keeps_its_size(bench: Bench) -> None:
    prepared = bench.prepare(saved(quadrants().resize((3000, 2000)), "WEBP"))
    assert (prepared.width, prepared.height) == (3000, 2000)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "BMP", "TIFF"])
def test_a_long_side_is_scaled_to_the_limit(form: str, bench: Bench) -> None:
    prepared = bench.prepare(
        saved(quadrants().resize((1200, 800)), form), Limits(bytes=5_242_880, min_side=80, max_side=500)
    )
    size, colours = seen(prepared.body)
    assert size == (prepared.width, prepared.height) == (500, 333)
    assert difference(colours, COLOURS) <= 3


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF"])
def test_a_short_side_is_enlarged_to_the_limit(form: str, bench: Bench) -> None:
    prepared = bench.prepare(saved(quadrants().resize((60, 40)), form))
    size, colours = seen(prepared.body)
    assert size == (prepared.width, prepared.height) == (120, 80)
    assert difference(colours, COLOURS) <= 8


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_jpeg_comes_out_upright_when_it_must_be_scaled(orientation: int, bench: Bench) -> None:
    prepared = bench.prepare(turned("JPEG", orientation), Limits(bytes=5_242_880, min_side=48, max_side=72))
    size, colours = seen(prepared.body)
    assert size == (prepared.width, prepared.height) == (72, 48)
    assert difference(colours, COLOURS) <= 8
    assert metadata(prepared.body) == []


@pytest.mark.parametrize("form", ["PNG", "BMP", "JPEG"])
def test_bytes_over_the_limit_cost_quality_and_then_size(form: str, bench: Bench) -> None:
    settings = {"quality": 98} if form == "JPEG" else {}
    file = saved(noise(400, 300), form, **settings)
    good, poor = (bench.prepare(file, Limits(bytes=limit, min_side=80)) for limit in (90_000, 20_000))
    assert len(good.body) <= 90_000
    assert len(poor.body) <= 20_000
    assert (good.width, good.height) == (400, 300)
    assert 80 <= poor.height < 300


def test_bytes_that_no_size_meets_are_refused(bench: Bench) -> None:
    with pytest.raises(ImageTooLarge, match="cannot be made to fit"):
        bench.prepare(saved(noise(400, 300), "PNG"), Limits(bytes=1000, min_side=80))


def test_a_film_behind_a_picture_does_not_count(bench: Bench) -> None:
    photo = saved(quadrants(), "JPEG")
    assert len(bench.prepare(photo + bytes(10_000), Limits(bytes=len(photo), min_side=80)).body) == len(photo)


def test_a_profile_decides_what_the_colours_mean(bench: Bench) -> None:
    file = saved(swapped(), "JPEG", quality=95, icc_profile=swapped_profile())
    prepared = bench.prepare(file, Limits(bytes=5_242_880, min_side=48, max_side=72))
    assert difference(seen(prepared.body)[1], COLOURS) <= 8


def test_a_broken_profile_changes_no_colours(bench: Bench) -> None:
    prepared = bench.prepare(saved(quadrants(), "WEBP", quality=90, icc_profile=b"no profile at all"))
    assert difference(seen(prepared.body)[1], COLOURS) <= 8


def test_a_bmp_of_many_bands_is_the_same_picture(bench: Bench) -> None:
    image = noise(333, 1111)
    body = bench.prepare(saved(image, "BMP")).body
    assert Image.open(BytesIO(body)).tobytes() == Image.open(BytesIO(saved(image, "JPEG", quality=90))).tobytes()


@pytest.mark.parametrize("name", [name for name in FORMATS if not name.startswith(("JPEG b", "PNG RGB", "PNG grey"))])
def test_a_file_that_is_cut_off_is_unreadable_or_whole(name: str, bench: Bench) -> None:
    file = FORMATS[name][0]()
    outcome = bench.outcome(file[: len(file) * 2 // 3])
    if isinstance(outcome, str):
        assert "cannot be decoded" in outcome or "the file ends before" in outcome
    else:
        assert seen(outcome.body)[0] == (WIDTH, HEIGHT)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "BMP", "TIFF", "WEBP", "GIF"])
def test_a_file_without_its_last_half_is_unreadable(form: str, bench: Bench) -> None:
    file = saved(noise(300, 200), form)
    with pytest.raises(UnreadableImage, match=f"this {form} cannot be decoded"):
        bench.prepare(file[: len(file) // 2])


def test_damage_never_leaks_an_error_of_pillows(bench: Bench) -> None:
    dice = random.Random(7)
    for make, _ in FORMATS.values():
        file = bytearray(make())
        for _ in range(6):
            file[dice.randrange(len(file))] = dice.randrange(256)
        assert bench.outcome(bytes(file))


def test_a_bomb_that_its_head_hides_is_refused_before_it_is_decoded(bench: Bench) -> None:
    gif = bytearray(saved(quadrants(), "GIF"))
    frame = gif.index(b"\x2c\0\0\0\0")
    gif[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(ImageTooLarge, match="4,295 megapixels"):
        bench.prepare(bytes(gif))


def test_a_shape_that_cannot_be_scaled_is_refused(bench: Bench) -> None:
    with pytest.raises(ImageTooSmall):
        bench.prepare(saved(quadrants().resize((10, 10)), "BMP"))


def test_a_picture_sent_as_it_is_does_not_load_pillow(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(saved(quadrants(), "JPEG"))
    code = f"""
import sys
from pathlib import Path
from rekbridge_lambda.imaging.preparation import Pillow
from rekbridge_lambda.imaging.sniffing import Limits, Picture
Pillow().prepare(Path({str(photo)!r}), Picture("jpeg", {WIDTH}, {HEIGHT}, native=True), Limits(5_242_880, 80))
sys.exit("PIL" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_a_picture_is_read_as_the_format_it_was_told_as(tmp_path: Path) -> None:
    path = tmp_path / "original"
    path.write_bytes(saved(quadrants(), "TIFF"))
    with pytest.raises(UnreadableImage, match="this WEBP cannot be decoded"):
        Pillow().prepare(path, Picture("webp", WIDTH, HEIGHT), ROOMY)
