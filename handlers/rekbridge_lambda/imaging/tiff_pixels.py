"""Turns what the decoder made of a TIFF into the picture that its tags describe."""

from PIL import Image, ImageChops, TiffImagePlugin

from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.imaging.flattening import scale_to_eight_bits
from rekbridge_lambda.imaging.formats.tiff_layout import WHITE_IS_ZERO, PixelLayout

# Pillow's own reader mistakes planar files of 16 bits, Lab and others; libtiff reads every layout alike.
TiffImagePlugin.READ_LIBTIFF = True

# Pillow lacks these three, but has all that reads them; `correct_pixels` inverts WhiteIsZero.
II, MM = b"II", b"MM"
TiffImagePlugin.OPEN_INFO |= {
    (MM, 0, (1,), 1, (16,), ()): ("I;16B", "I;16B"),
    **{(order, grey, (1,), 1, (12,), ()): ("I;16", "I;12") for order in (II, MM) for grey in (0, 1)},
}

COLOR_MAP = 320


def correct_pixels(image: Image.Image, layout: PixelLayout) -> Image.Image:
    """Eight-bit samples with the black and white of the tags. Raises UnreadableImage where these are unknown."""
    if image.mode == "F":
        return _invert_white_is_zero(_scale_floats(image, layout), layout)
    if image.mode.startswith("I"):
        return _invert_white_is_zero(scale_to_eight_bits(image, (1 << layout.bits[0]) - 1), layout)
    if image.mode == "La":
        return image.convert("LA")
    if image.mode in ("P", "PA"):
        _correct_palette(image)
    if layout.has_unexplained_alpha and image.getchannel("A").getextrema() != (255, 255):
        raise UnreadableImage("this TIFF does not say whether its fourth sample is transparency; send RGB without it")
    return image


def _scale_floats(image: Image.Image, layout: PixelLayout) -> Image.Image:
    if layout.order == "big":
        # libtiff has put the bytes into this machine's order already, and Pillow swaps them again.
        swapped = Image.frombytes("F", image.size, image.tobytes(), "raw", "F;32BF")
        # The colour profile is needed later.
        swapped.info, image = image.info, swapped
    low, high = image.getextrema()
    if not (isinstance(low, float) and isinstance(high, float) and 0 <= low <= high <= 1):
        raise UnreadableImage(
            f"this TIFF has floating point pixels from {low:g} to {high:g}: only 0 to 1 has a known black and white"
        )
    return scale_to_eight_bits(image, 1)


def _invert_white_is_zero(image: Image.Image, layout: PixelLayout) -> Image.Image:
    # Pillow does so itself for all other depths.
    return ImageChops.invert(image) if layout.photometric == WHITE_IS_ZERO else image


def _correct_palette(image: Image.Image) -> None:
    """Some writers put 8-bit values into the 16-bit colour map, which libtiff recognises and Pillow takes for black."""
    assert isinstance(image, TiffImagePlugin.TiffImageFile)
    colours = image.tag_v2[COLOR_MAP]
    if max(colours) < 256:
        image.putpalette(bytes(colours), "RGB;L")
