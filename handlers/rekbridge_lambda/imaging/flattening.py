"""Puts a decoded picture of any mode on white: grey, RGB or CMYK with eight bits."""

from PIL import Image

from rekbridge_lambda.domain.errors import UnreadableImage


def flatten(image: Image.Image) -> Image.Image:
    """Palettes are resolved, transparency is put on white. Raises UnreadableImage where every pixel is transparent."""
    if image.mode.startswith("I"):
        return scale_to_eight_bits(image, 65535)
    if image.has_transparency_data:
        # Grey stays grey: a profile for grey applies to nothing else.
        with_alpha, plain = ("LA", "L") if image.mode in ("1", "L", "LA", "La") else ("RGBA", "RGB")
        # Converting to the mode it has would copy it.
        image = image if image.mode == with_alpha else image.convert(with_alpha)
        alpha = image.getchannel("A")
        if alpha.getextrema() == (0, 0):
            raise UnreadableImage("every pixel of this image is transparent: viewers show nothing of it")
        background = Image.new(plain, image.size, "white")
        background.paste(image.getchannel("L") if plain == "L" else image, mask=alpha)
        return background
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def scale_to_eight_bits(image: Image.Image, white: float) -> Image.Image:
    """Grey of any depth as eight bits, rounded: Pillow's own conversion clips instead."""
    return image.convert("F").point(lambda value: value * (255 / white) + 0.5).convert("L")
