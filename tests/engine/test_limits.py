"""Which images are accepted and how they are decoded: formats, sizes, orientation."""

import io
import random
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.engine.engine_process import EXPECTED, PHOTOS, RunningEngine, compute_overlap, load_photo

FACE = EXPECTED["astronaut.jpg"]["faces"][0]


def encode_image(image: Image.Image, kind: str = "JPEG", **options: Any) -> dict[str, bytes]:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return {"Bytes": out.getvalue()}


def open_astronaut() -> Image.Image:
    return Image.open(PHOTOS / "astronaut.jpg").convert("RGB")


def encode_white_image(width: int, height: int) -> dict[str, bytes]:
    return encode_image(Image.new("RGB", (width, height), "white"), "PNG")


def find_faces(engine: RunningEngine, image: dict[str, bytes]) -> list[dict[str, float]]:
    return [face["BoundingBox"] for face in engine.create_client().detect_faces(Image=image)["FaceDetails"]]


def get_error_code(engine: RunningEngine, method: str, image: dict[str, bytes]) -> str:
    with pytest.raises(ClientError) as raised:
        getattr(engine.create_client(), method)(Image=image)
    return str(raised.value.response["Error"]["Code"])


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_formats_other_than_jpeg_and_png_are_refused(engine: RunningEngine, kind: str) -> None:
    assert get_error_code(engine, "detect_faces", encode_image(open_astronaut(), kind)) == "InvalidImageFormatException"


@pytest.mark.parametrize(
    "data", [b"x", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff" + random.Random(1).randbytes(9999)]
)
def test_data_that_only_starts_like_an_image_is_refused(engine: RunningEngine, data: bytes) -> None:
    assert get_error_code(engine, "detect_faces", {"Bytes": data}) == "InvalidImageFormatException"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_truncated_image_is_refused(engine: RunningEngine, kind: str) -> None:
    complete = encode_image(open_astronaut(), kind)["Bytes"]
    truncated = {"Bytes": complete[: len(complete) // 2]}
    assert get_error_code(engine, "detect_faces", truncated) == "InvalidImageFormatException"


def test_more_than_5_mb_fail_validation(engine: RunningEngine) -> None:
    assert get_error_code(engine, "detect_text", {"Bytes": bytes(5 * 1024 * 1024 + 1)}) == "ValidationException"


def test_protective_equipment_refuses_more_than_4_mb(engine: RunningEngine) -> None:
    four_mb_and_one = load_photo("astronaut.jpg")["Bytes"].ljust(4 * 1024 * 1024 + 1, b"\0")
    assert get_error_code(engine, "detect_protective_equipment", {"Bytes": four_mb_and_one}) == "ImageTooLargeException"
    assert find_faces(engine, {"Bytes": four_mb_and_one})


@pytest.mark.parametrize(
    ("method", "size", "code"),
    [
        ("detect_labels", (79, 200), "InvalidParameterException"),
        ("detect_labels", (80, 10_001), "ImageTooLargeException"),
        ("detect_protective_equipment", (63, 200), "InvalidParameterException"),
        ("detect_protective_equipment", (4097, 80), "ImageTooLargeException"),
        ("detect_text", (30_000, 30_000), "ImageTooLargeException"),
    ],
)
def test_image_side_outside_the_limits_is_refused(
    engine: RunningEngine, method: str, size: tuple[int, int], code: str
) -> None:
    image = encode_image(Image.new("1", size), "PNG")
    assert get_error_code(engine, method, image) == code


def test_smallest_and_longest_sides_are_accepted(engine: RunningEngine) -> None:
    client = engine.create_client()
    assert client.detect_labels(Image=encode_white_image(80, 10_000))["Labels"] == []
    assert client.detect_protective_equipment(Image=encode_white_image(64, 64))["Persons"] == []


@pytest.mark.parametrize("orientation", range(1, 9))
def test_jpeg_boxes_refer_to_the_image_as_displayed(engine: RunningEngine, orientation: int) -> None:
    # By EXIF orientation: the Pillow transposition from the displayed image to the stored one.
    transpositions = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    image = open_astronaut()
    if orientation in transpositions:
        image = image.transpose(Image.Transpose(transpositions[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    (box,) = find_faces(engine, encode_image(image, exif=exif))
    assert compute_overlap(FACE, box) >= 0.5


def test_png_orientation_is_ignored(engine: RunningEngine) -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    (box,) = find_faces(engine, encode_image(open_astronaut(), "PNG", exif=exif))
    assert compute_overlap(FACE, box) >= 0.5


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_jpeg_in_other_colour_modes_is_analyzed(engine: RunningEngine, mode: str) -> None:
    assert len(find_faces(engine, encode_image(open_astronaut().convert(mode)))) == 1


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "LA", "I;16"])
def test_png_in_any_mode_is_analyzed(engine: RunningEngine, mode: str) -> None:
    image = (
        open_astronaut().convert("L").convert("I;16").point(lambda value: value * 257)
        if mode == "I;16"
        else open_astronaut().convert(mode)
    )
    assert len(find_faces(engine, encode_image(image, "PNG"))) == 1


def test_transparent_pixels_are_ignored(engine: RunningEngine) -> None:
    image = open_astronaut()
    image.putalpha(0)
    assert find_faces(engine, encode_image(image, "PNG")) == []


def test_large_photo_gives_the_same_box_as_a_small_one(engine: RunningEngine) -> None:
    (box,) = find_faces(engine, encode_image(open_astronaut().resize((6000, 6000)), quality=60))
    assert compute_overlap(FACE, box) >= 0.5
