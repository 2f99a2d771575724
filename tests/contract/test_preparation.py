"""What INGEST relies on when a picture is prepared, of the fake and of Pillow alike."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from rekbridge_lambda.domain.errors import ImageTooSmall
from rekbridge_lambda.imaging.preparation import Pillow
from rekbridge_lambda.imaging.sniffing import Limits, Prepared, sniff

from tests.fakes import FakePreparation

LIMITS = Limits(bytes=5_242_880, min_side=80, max_side=200)
either = pytest.mark.parametrize("preparation", [FakePreparation(), Pillow()], ids=["fake", "pillow"])


def prepared(preparation: FakePreparation | Pillow, path: Path, width: int, height: int) -> Prepared:
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    body = file.getvalue()
    path.write_bytes(body)
    picture = sniff(lambda offset, length: body[offset : offset + length], len(body))
    return preparation.prepare(path, picture, LIMITS)


@either
@pytest.mark.parametrize(("size", "fits"), [((100, 100), (100, 100)), ((400, 200), (200, 100)), ((40, 60), (80, 120))])
def test_a_picture_comes_within_the_limits(
    preparation: FakePreparation | Pillow, size: tuple[int, int], fits: tuple[int, int], tmp_path: Path
) -> None:
    made = prepared(preparation, tmp_path / "original", *size)
    assert (made.width, made.height) == fits
    assert made.fits(LIMITS)


@either
@pytest.mark.parametrize("size", [(10, 10), (400, 40)])
def test_a_picture_that_no_scaling_brings_there_is_too_small(
    preparation: FakePreparation | Pillow, size: tuple[int, int], tmp_path: Path
) -> None:
    with pytest.raises(ImageTooSmall):
        prepared(preparation, tmp_path / "original", *size)


@either
def test_the_same_picture_is_prepared_into_the_same_bytes(
    preparation: FakePreparation | Pillow, tmp_path: Path
) -> None:
    first, second = (prepared(preparation, tmp_path / "original", 300, 150).body for _ in range(2))
    assert first == second
