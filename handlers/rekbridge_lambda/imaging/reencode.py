"""Decodes a picture of any readable format and writes it again: upright, opaque, a JPEG in sRGB without metadata."""

import warnings
from io import BytesIO
from math import sqrt
from pathlib import Path

# Named plugins register themselves; without them Pillow would load all it has to find one.
from PIL import AvifImagePlugin as _avif  # noqa: F401
from PIL import Image, ImageCms
from PIL import TiffImagePlugin as _tiff  # noqa: F401
from PIL import WebPImagePlugin as _webp  # noqa: F401
from PIL.Image import Transpose

from rekbridge_lambda.domain.errors import ImageTooLarge, Rejected, UnreadableImage
from rekbridge_lambda.imaging.dimensions import Format, check
from rekbridge_lambda.imaging.formats import tiff
from rekbridge_lambda.imaging.sniffing import Limits, Picture, Prepared, fitted

PLUGINS: dict[Format, str] = {"heic": "HEIF"}

UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}

# Tried in turn; what is still too large with the last is made smaller.
QUALITIES = 90, 80, 65
SMALLER = 8

# Our own limit holds (`check`); Pillow's warns before it refuses.
Image.MAX_IMAGE_PIXELS = None


def encoded(path: Path, picture: Picture, limits: Limits) -> Prepared:
    """The picture within the limits. Raises UnreadableImage, ImageTooLarge or ImageTooSmall."""
    image, turned = _decoded(path, picture, limits)
    icc = image.info.get("icc_profile")
    image = _scaled(_flat(image), fitted(*image.size, limits))
    image = _in_srgb(image, icc)
    if turned in UPRIGHT:
        image = image.transpose(UPRIGHT[turned])
    # Pillow would write some of it again, comments for one.
    image.info = {}
    return _within(limits, image)


def _decoded(path: Path, picture: Picture, limits: Limits) -> tuple[Image.Image, int]:
    """The pixels, and the EXIF orientation that they still wait for."""
    if picture.format == "heic":
        from pi_heif import register_heif_opener  # type: ignore[import-untyped]

        register_heif_opener()
    try:
        # Closed by hand: Pillow keeps a file with more frames open.
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(path, formats=[PLUGINS.get(picture.format, picture.format)]) as image,
        ):
            check(*image.size)
            # JPEG only: decodes to a half, quarter or eighth while that is not below what is needed.
            image.draft(None, fitted(*image.size, limits))
            image.load()
    except Rejected:
        raise
    except Exception as why:  # Decoders raise whatever a broken file makes them stumble over.
        raise UnreadableImage(f"this {picture.format.upper()} cannot be decoded: {why}") from why
    # A JPEG may be sent undecoded to another operation: both must read its orientation alike.
    # Elsewhere Pillow knows it only now; TIFF and HEIC come upright, and without EXIF.
    turned = picture.orientation if picture.format == "jpeg" else _orientation(image)
    return image, turned


def _orientation(image: Image.Image) -> int:
    exif: bytes = image.info.get("exif") or b""
    return tiff.orientation_in(exif.removeprefix(b"Exif\0\0"))


def _flat(image: Image.Image) -> Image.Image:
    """Grey, RGB or CMYK of eight bits: palettes looked up, transparency laid on white."""
    if image.mode[0] in "IF":
        return _eight_bits(image)
    if image.has_transparency_data:
        # Converting to its own mode would copy it.
        image = image if image.mode == "RGBA" else image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        return ground
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits or floats: from black to the white of the least usual scale that holds every value."""
    values = image.convert("F")
    low, high = values.getextrema()
    assert isinstance(low, float)
    assert isinstance(high, float)
    scales = (65535,) if image.mode.startswith("I;16") else (1, 255, 65535)
    white = next((white for white in scales if low >= 0 and high <= white), None)
    low, high = (low, high) if white is None else (0, white)
    factor = 255 / ((high - low) or 1)
    return values.point(lambda value: value * factor + (0.5 - low * factor)).convert("L")


def _scaled(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    # Whole pixels are averaged first, which is several times faster than resampling all of them.
    factor = min(image.width // size[0], image.height // size[1])
    if factor > 1:
        image = image.reduce(factor)
    return image if image.size == size else image.resize(size, Image.Resampling.BICUBIC)


def _in_srgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    if icc:
        try:
            profile = ImageCms.ImageCmsProfile(BytesIO(icc))
            if not ImageCms.getProfileDescription(profile).startswith("sRGB"):
                srgb = ImageCms.createProfile("sRGB")
                transform = ImageCms.buildTransform(profile, srgb, image.mode, "RGB")
                return transform.apply(image)
        except (ImageCms.PyCMSError, OSError):
            # A broken profile, or one of another kind of picture: viewers show the plain colours, and so do we.
            pass
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _within(limits: Limits, image: Image.Image) -> Prepared:
    body = b""
    for quality in QUALITIES:
        body = _jpeg(image, quality)
        if len(body) <= limits.bytes:
            return Prepared(body, "image/jpeg", *image.size)
    for _ in range(SMALLER):
        factor = min(0.9, sqrt(limits.bytes / len(body)))
        size = round(image.width * factor), round(image.height * factor)
        if min(size) < limits.min_side:
            break
        image = _scaled(image, size)
        body = _jpeg(image, QUALITIES[-1])
        if len(body) <= limits.bytes:
            return Prepared(body, "image/jpeg", *image.size)
    raise ImageTooLarge(f"the picture cannot be made to fit into {limits.bytes:,} bytes")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    body = BytesIO()
    image.save(body, "JPEG", quality=quality)
    return body.getvalue()
