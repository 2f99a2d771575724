"""Corrects what the decoder made of a file, where the file means another picture (found by tests/layouts)."""

from typing import BinaryIO

from PIL import Image

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageFormat
from rekbridge_lambda.imaging.flattening import flatten
from rekbridge_lambda.imaging.formats import png, tiff
from rekbridge_lambda.imaging.tiff_pixels import correct_pixels


def correct_picture(image: Image.Image, image_format: ImageFormat, file: BinaryIO) -> Image.Image:
    """The picture that the file means. Raises UnreadableImage where the decoder has lost what would be needed."""

    def read(offset: int, length: int) -> bytes:
        file.seek(offset)
        return file.read(length)

    match image_format:
        case "bmp":
            return _make_dead_alpha_opaque(image)
        case "gif":
            return _clear_around_first_frame(image)
        case "png":
            _correct_transparent_colour(image, *read(24, 2))
        case "tiff":
            return correct_pixels(image, tiff.read_layout(read))
    return image


def _make_dead_alpha_opaque(image: Image.Image) -> Image.Image:
    """A BMP whose alpha is 0 everywhere: its writer did not mean transparency, and viewers show the colours."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (0, 0):
        return image.convert("RGB")
    return image


def _clear_around_first_frame(image: Image.Image) -> Image.Image:
    """Pillow fills the canvas around a small first frame with the background colour; browsers leave it transparent."""
    box: tuple[int, int, int, int] = getattr(image, "dispose_extent", (0, 0, *image.size))
    if box == (0, 0, *image.size) or image.has_transparency_data:
        return image
    canvas = Image.new("RGB", image.size, "white")
    canvas.paste(flatten(image.crop(box)), box)
    return canvas


def _correct_transparent_colour(image: Image.Image, depth: int, colour: int) -> None:
    """The one transparent colour of a grey or RGB PNG, in the depth to which Pillow has scaled the pixels."""
    if colour not in (png.GREY, png.RGB) or "transparency" not in image.info:
        return
    if depth == 16:
        raise UnreadableImage("this PNG has 16 bits and one transparent colour: send it with an alpha channel")
    if depth in (2, 4):
        image.info["transparency"] *= 255 // ((1 << depth) - 1)
