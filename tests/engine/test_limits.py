"""Which images are taken, and how they are seen: formats, sizes, orientation."""

import io
import random
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.engine.running import EXPECTED, PHOTOS, Engine, overlap, photo

FACE = EXPECTED["astronaut.jpg"]["faces"][0]


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> dict[str, bytes]:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return {"Bytes": out.getvalue()}


def astronaut() -> Image.Image:
    return Image.open(PHOTOS / "astronaut.jpg").convert("RGB")


def plain(width: int, height: int) -> dict[str, bytes]:
    return saved(Image.new("RGB", (width, height), "white"), "PNG")


def faces(engine: Engine, image: dict[str, bytes]) -> list[dict[str, float]]:
    return [face["BoundingBox"] for face in engine.client().detect_faces(Image=image)["FaceDetails"]]


def refusal(engine: Engine, method: str, image: dict[str, bytes]) -> str:
    with pytest.raises(ClientError) as refused:
        getattr(engine.client(), method)(Image=image)
    return str(refused.value.response["Error"]["Code"])


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_takes_no_format_but_jpeg_and_png(engine: Engine, kind: str) -> None:
    assert refusal(engine, "detect_faces", saved(astronaut(), kind)) == "InvalidImageFormatException"


@pytest.mark.parametrize(
    "data", [b"x", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff" + random.Random(1).randbytes(9999)]
)
def test_refuses_what_only_begins_like_an_image(engine: Engine, data: bytes) -> None:
    assert refusal(engine, "detect_faces", {"Bytes": data}) == "InvalidImageFormatException"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_refuses_an_image_that_breaks_off(engine: Engine, kind: str) -> None:
    whole = saved(astronaut(), kind)["Bytes"]
    assert refusal(engine, "detect_faces", {"Bytes": whole[: len(whole) // 2]}) == "InvalidImageFormatException"


def test_bytes_over_five_megabytes_are_too_long_for_the_request(engine: Engine) -> None:
    assert refusal(engine, "detect_text", {"Bytes": bytes(5 * 1024 * 1024 + 1)}) == "ValidationException"


def test_protective_equipment_takes_only_four_megabytes(engine: Engine) -> None:
    four_mb_and_one = photo("astronaut.jpg")["Bytes"].ljust(4 * 1024 * 1024 + 1, b"\0")
    assert refusal(engine, "detect_protective_equipment", {"Bytes": four_mb_and_one}) == "ImageTooLargeException"
    assert faces(engine, {"Bytes": four_mb_and_one})


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
def test_refuses_a_side_outside_the_limits(engine: Engine, method: str, size: tuple[int, int], code: str) -> None:
    image = saved(Image.new("1", size), "PNG")
    assert refusal(engine, method, image) == code


def test_takes_the_smallest_and_the_longest_side(engine: Engine) -> None:
    client = engine.client()
    assert client.detect_labels(Image=plain(80, 10_000))["Labels"] == []
    assert client.detect_protective_equipment(Image=plain(64, 64))["Persons"] == []


@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_of_a_jpeg_are_those_of_the_picture_as_displayed(engine: Engine, orientation: int) -> None:
    stored = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    turned = astronaut()
    if orientation in stored:
        turned = turned.transpose(Image.Transpose(stored[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    (box,) = faces(engine, saved(turned, exif=exif))
    assert overlap(FACE, box) >= 0.5


def test_a_png_is_never_turned(engine: Engine) -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    (box,) = faces(engine, saved(astronaut(), "PNG", exif=exif))
    assert overlap(FACE, box) >= 0.5


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_a_jpeg_without_rgb_is_seen(engine: Engine, mode: str) -> None:
    assert len(faces(engine, saved(astronaut().convert(mode)))) == 1


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "LA", "I;16"])
def test_a_png_of_any_kind_is_seen(engine: Engine, mode: str) -> None:
    image = (
        astronaut().convert("L").convert("I;16").point(lambda value: value * 257)
        if mode == "I;16"
        else astronaut().convert(mode)
    )
    assert len(faces(engine, saved(image, "PNG"))) == 1


def test_what_is_transparent_is_not_seen(engine: Engine) -> None:
    image = astronaut()
    image.putalpha(0)
    assert faces(engine, saved(image, "PNG")) == []


def test_a_large_photograph_is_seen_like_a_small_one(engine: Engine) -> None:
    (box,) = faces(engine, saved(astronaut().resize((6000, 6000)), quality=60))
    assert overlap(FACE, box) >= 0.5
