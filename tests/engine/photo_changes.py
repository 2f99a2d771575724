"""Photographs of tests/photos, changed: mirrored, turned, laid on a larger image."""

import io
from collections.abc import Callable

from PIL import Image

from tests.engine.engine_process import PHOTOS

type ImageChange = Callable[[Image.Image], Image.Image]


def open_photo(name: str) -> Image.Image:
    """Open a photograph in RGB."""
    with Image.open(PHOTOS / name) as image:
        return image.convert("RGB")


def encode_image(image: Image.Image, **options: object) -> dict[str, bytes]:
    """Encode an image as the Image of a request."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, **options)
    return {"Bytes": out.getvalue()}


def change_photo(name: str, change: ImageChange) -> dict[str, bytes]:
    """Change a photograph and encode it."""
    return encode_image(change(open_photo(name)))


def lay_on_scenery(photo: Image.Image, size: tuple[int, int], place: tuple[int, int]) -> Image.Image:
    """Lay a photograph on a landscape of this size; the place may be partly outside."""
    scenery = open_photo("pavilion.jpg").resize(size)
    scenery.paste(photo, place)
    return scenery
