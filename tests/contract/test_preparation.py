"""The preparation of images: the fake and Pillow behave alike."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from rekbridge_lambda.domain.errors import ImageTooSmall
from rekbridge_lambda.domain.images import ImageLimits, PreparedImage
from rekbridge_lambda.imaging.preparation import PillowPreparer
from rekbridge_lambda.imaging.sniffing import sniff_image

from tests.fakes import FakeImagePreparer

LIMITS = ImageLimits(bytes=5_242_880, min_side=80, max_side=200)
fake_and_pillow = pytest.mark.parametrize(
    "preparation", [FakeImagePreparer(), PillowPreparer()], ids=["fake", "pillow"]
)


def prepare_png(preparation: FakeImagePreparer | PillowPreparer, path: Path, width: int, height: int) -> PreparedImage:
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    body = file.getvalue()
    path.write_bytes(body)
    header = sniff_image(lambda offset, length: body[offset : offset + length], len(body))
    with path.open("rb") as original:
        return preparation.prepare(original, header, LIMITS)


@fake_and_pillow
@pytest.mark.parametrize(
    ("size", "expected"), [((100, 100), (100, 100)), ((400, 200), (200, 100)), ((40, 60), (80, 120))]
)
def test_an_image_is_scaled_to_fit_the_limits(
    preparation: FakeImagePreparer | PillowPreparer, size: tuple[int, int], expected: tuple[int, int], tmp_path: Path
) -> None:
    prepared = prepare_png(preparation, tmp_path / "original", *size)
    assert (prepared.width, prepared.height) == expected
    assert prepared.fits(LIMITS)


@fake_and_pillow
@pytest.mark.parametrize("size", [(10, 10), (400, 40)])
def test_an_image_that_no_scaling_fits_to_the_limits_is_too_small(
    preparation: FakeImagePreparer | PillowPreparer, size: tuple[int, int], tmp_path: Path
) -> None:
    with pytest.raises(ImageTooSmall):
        prepare_png(preparation, tmp_path / "original", *size)


@fake_and_pillow
def test_the_same_image_is_always_prepared_into_the_same_bytes(
    preparation: FakeImagePreparer | PillowPreparer, tmp_path: Path
) -> None:
    first, second = (prepare_png(preparation, tmp_path / "original", 300, 150).body for _ in range(2))
    assert first == second
