import random
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from rekbridge_lambda.domain.errors import ImageTooLarge, ImageTooSmall, UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits
from rekbridge_lambda.imaging.preparation import PillowPreparer

from tests.inspection import compute_max_difference, list_metadata, read_display
from tests.odd_formats import (
    COLOURS,
    FORMATS,
    HEIGHT,
    WIDTH,
    draw_quadrants,
    draw_swapped,
    make_rotated_file,
    make_swapped_profile,
    save_image,
)
from tests.unit.conftest import DEFAULT_LIMITS, PreparationBench


def make_noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height))


def test_an_image_within_the_limits_keeps_its_size(bench: PreparationBench) -> None:
    prepared = bench.prepare(save_image(draw_quadrants().resize((3000, 2000)), "WEBP"))
    assert (prepared.width, prepared.height) == (3000, 2000)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "BMP", "TIFF"])
def test_a_long_side_is_scaled_to_the_limit(image_format: str, bench: PreparationBench) -> None:
    prepared = bench.prepare(
        save_image(draw_quadrants().resize((1200, 800)), image_format),
        ImageLimits(bytes=5_242_880, min_side=80, max_side=500),
    )
    size, colours = read_display(prepared.body)
    assert size == (prepared.width, prepared.height) == (500, 333)
    assert compute_max_difference(colours, COLOURS) <= 3


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "GIF"])
def test_a_short_side_is_enlarged_to_the_limit(image_format: str, bench: PreparationBench) -> None:
    prepared = bench.prepare(save_image(draw_quadrants().resize((60, 40)), image_format))
    size, colours = read_display(prepared.body)
    assert size == (prepared.width, prepared.height) == (120, 80)
    assert compute_max_difference(colours, COLOURS) <= 8


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_rotated_jpeg_is_upright_after_scaling(orientation: int, bench: PreparationBench) -> None:
    prepared = bench.prepare(
        make_rotated_file("JPEG", orientation), ImageLimits(bytes=5_242_880, min_side=48, max_side=72)
    )
    size, colours = read_display(prepared.body)
    assert size == (prepared.width, prepared.height) == (72, 48)
    assert compute_max_difference(colours, COLOURS) <= 8
    assert list_metadata(prepared.body) == []


@pytest.mark.parametrize("image_format", ["PNG", "BMP", "JPEG"])
def test_a_file_over_the_byte_limit_loses_quality_first_and_then_size(
    image_format: str, bench: PreparationBench
) -> None:
    settings = {"quality": 98} if image_format == "JPEG" else {}
    file = save_image(make_noise(400, 300), image_format, **settings)
    good, poor = (bench.prepare(file, ImageLimits(bytes=limit, min_side=80)) for limit in (90_000, 20_000))
    assert len(good.body) <= 90_000
    assert len(poor.body) <= 20_000
    assert (good.width, good.height) == (400, 300)
    assert 80 <= poor.height < 300


def test_an_image_that_cannot_meet_the_byte_limit_is_rejected(bench: PreparationBench) -> None:
    with pytest.raises(ImageTooLarge, match="cannot be made to fit"):
        bench.prepare(save_image(make_noise(400, 300), "PNG"), ImageLimits(bytes=1000, min_side=80))


def test_a_video_after_the_image_does_not_count(bench: PreparationBench) -> None:
    photo = save_image(draw_quadrants(), "JPEG")
    assert len(bench.prepare(photo + bytes(10_000), ImageLimits(bytes=len(photo), min_side=80)).body) == len(photo)


def test_a_colour_profile_is_applied(bench: PreparationBench) -> None:
    file = save_image(draw_swapped(), "JPEG", quality=95, icc_profile=make_swapped_profile())
    prepared = bench.prepare(file, ImageLimits(bytes=5_242_880, min_side=48, max_side=72))
    assert compute_max_difference(read_display(prepared.body)[1], COLOURS) <= 8


def test_an_invalid_colour_profile_changes_no_colours(bench: PreparationBench) -> None:
    prepared = bench.prepare(save_image(draw_quadrants(), "WEBP", quality=90, icc_profile=b"no profile at all"))
    assert compute_max_difference(read_display(prepared.body)[1], COLOURS) <= 8


def test_a_bmp_in_many_bands_has_the_same_pixels(bench: PreparationBench) -> None:
    image = make_noise(333, 1111)
    body = bench.prepare(save_image(image, "BMP")).body
    assert Image.open(BytesIO(body)).tobytes() == Image.open(BytesIO(save_image(image, "JPEG", quality=90))).tobytes()


@pytest.mark.parametrize("name", [name for name in FORMATS if not name.startswith(("JPEG b", "PNG RGB", "PNG grey"))])
def test_a_truncated_file_is_unreadable_or_complete(name: str, bench: PreparationBench) -> None:
    file = FORMATS[name][0]()
    outcome = bench.prepare_or_explain(file[: len(file) * 2 // 3])
    if isinstance(outcome, str):
        assert "cannot be decoded" in outcome or "the file is truncated within its header" in outcome
    else:
        assert read_display(outcome.body)[0] == (WIDTH, HEIGHT)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "BMP", "TIFF", "WEBP", "GIF"])
def test_a_file_without_its_second_half_is_unreadable(image_format: str, bench: PreparationBench) -> None:
    file = save_image(make_noise(300, 200), image_format)
    with pytest.raises(UnreadableImage, match=f"this {image_format} cannot be decoded"):
        bench.prepare(file[: len(file) // 2])


def test_a_damaged_file_never_raises_an_error_of_pillow(bench: PreparationBench) -> None:
    rng = random.Random(7)
    for make, _ in FORMATS.values():
        file = bytearray(make())
        for _ in range(6):
            file[rng.randrange(len(file))] = rng.randrange(256)
        assert bench.prepare_or_explain(bytes(file))


def test_a_decompression_bomb_with_a_harmless_header_is_rejected_before_decoding(bench: PreparationBench) -> None:
    gif = bytearray(save_image(draw_quadrants(), "GIF"))
    frame = gif.index(b"\x2c\0\0\0\0")
    gif[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(ImageTooLarge, match="4,295 megapixels"):
        bench.prepare(bytes(gif))


def test_a_shape_that_cannot_be_scaled_is_rejected(bench: PreparationBench) -> None:
    with pytest.raises(ImageTooSmall):
        bench.prepare(save_image(draw_quadrants().resize((10, 10)), "BMP"))


def test_an_image_that_is_sent_without_decoding_starts_no_decoder(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(save_image(draw_quadrants(), "JPEG"))
    code = f"""
import sys
from pathlib import Path
from rekbridge_lambda.imaging.preparation import PillowPreparer
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits
header = ImageHeader("jpeg", {WIDTH}, {HEIGHT}, native=True)
PillowPreparer().prepare(Path({str(photo)!r}).open("rb"), header, ImageLimits(5_242_880, 80))
sys.exit("PIL" in sys.modules or "subprocess" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


def test_an_image_is_decoded_as_the_sniffed_format_only(tmp_path: Path) -> None:
    path = tmp_path / "original"
    path.write_bytes(save_image(draw_quadrants(), "TIFF"))
    with path.open("rb") as file, pytest.raises(UnreadableImage, match="this WEBP cannot be decoded"):
        PillowPreparer().prepare(file, ImageHeader("webp", WIDTH, HEIGHT), DEFAULT_LIMITS)
