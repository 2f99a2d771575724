"""Decodes an image of any supported format and encodes it again: an upright, opaque JPEG in sRGB without metadata."""

import warnings
from io import BytesIO
from math import sqrt
from typing import BinaryIO

# Imported plugins register themselves; otherwise Pillow would load all its plugins to find one.
from PIL import AvifImagePlugin as _avif  # noqa: F401
from PIL import Image, ImageCms
from PIL import TiffImagePlugin as _tiff  # noqa: F401
from PIL import WebPImagePlugin as _webp  # noqa: F401
from PIL.Image import Transpose

from rekbridge_lambda.domain.errors import ImageTooLarge, Rejected, UnreadableImage
from rekbridge_lambda.domain.images import ImageFormat, ImageHeader, ImageLimits, PreparedImage
from rekbridge_lambda.imaging import colour
from rekbridge_lambda.imaging.corrections import correct_picture
from rekbridge_lambda.imaging.decodable import open_decodable
from rekbridge_lambda.imaging.dimensions import check_pixel_count, fit_within
from rekbridge_lambda.imaging.flattening import flatten
from rekbridge_lambda.imaging.formats import tiff

PLUGIN_NAMES: dict[ImageFormat, str] = {"heic": "HEIF"}

TRANSPOSE_BY_ORIENTATION = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}

# JPEG qualities in the order they are tried; an image that is still too large is made smaller.
QUALITIES = 90, 80, 65
MAX_SHRINK_STEPS = 8

# Our own limit is enforced (`check_pixel_count`); Pillow's would only warn at first.
Image.MAX_IMAGE_PIXELS = None


def reencode(file: BinaryIO, header: ImageHeader, limits: ImageLimits) -> PreparedImage:
    """The image within the limits. Raises UnreadableImage, ImageTooLarge or ImageTooSmall."""
    image, orientation = _decode(file, header, limits)
    icc = image.info.get("icc_profile")
    image = _scale(flatten(image), fit_within(*image.size, limits))
    image = _convert_to_srgb(image, icc)
    if orientation in TRANSPOSE_BY_ORIENTATION:
        image = image.transpose(TRANSPOSE_BY_ORIENTATION[orientation])
    # Pillow would write parts of it again, for example comments.
    image.info = {}
    return _fit_bytes(limits, image)


def _decode(file: BinaryIO, header: ImageHeader, limits: ImageLimits) -> tuple[Image.Image, int]:
    """The pixels, and the EXIF orientation that is still to be applied."""
    if header.format == "heic":
        from pi_heif import register_heif_opener  # type: ignore[import-untyped]

        register_heif_opener()
    try:
        # Closed here: Pillow keeps a file with more than one frame open.
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(open_decodable(file, header), formats=[PLUGIN_NAMES.get(header.format, header.format)]) as image,
        ):
            check_pixel_count(*image.size)
            # JPEG only: decode at a half, quarter or eighth of the size, if that is not below the needed size.
            image.draft(None, fit_within(*image.size, limits))
            # Pillow would turn a TIFF by its XMP where the orientation tag is missing; viewers do not.
            image.info.pop("xmp", None)
            image.load()
            corrected = correct_picture(image, header.format, file)
    except Rejected:
        raise
    except Exception as why:  # A broken file can make a decoder raise any exception.
        # The decoder process gives the reason (`child.explain`), which it finds out from the cause.
        raise UnreadableImage(f"this {header.format.upper()} cannot be decoded") from why
    # A JPEG may be sent undecoded to another operation, so both must use the same orientation.
    # For other formats Pillow knows it only after decoding; TIFF and HEIC come upright and without EXIF.
    orientation = header.orientation if header.format == "jpeg" else _read_orientation(image)
    return corrected, orientation


def _read_orientation(image: Image.Image) -> int:
    exif: bytes = image.info.get("exif") or b""
    return tiff.parse_orientation(exif.removeprefix(tiff.EXIF_HEADER))


def _scale(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    # Whole pixels are averaged first, which is several times faster than resampling all pixels.
    factor = min(image.width // size[0], image.height // size[1])
    if factor > 1:
        image = image.reduce(factor)
    return image if image.size == size else image.resize(size, Image.Resampling.BICUBIC)


def _convert_to_srgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    # A profile is judged by its numbers: anything may call itself sRGB.
    if icc and colour.recognize_profile(icc) is not colour.SRGB:
        try:
            profile = ImageCms.ImageCmsProfile(BytesIO(icc))
            transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), image.mode, "RGB")
            return transform.apply(image)
        except (ImageCms.PyCMSError, OSError):
            # A broken profile, or one for another colour mode: viewers show the plain colours, and so does this.
            pass
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _fit_bytes(limits: ImageLimits, image: Image.Image) -> PreparedImage:
    body = b""
    for quality in QUALITIES:
        body = _encode_jpeg(image, quality)
        if len(body) <= limits.bytes:
            return PreparedImage(body, "image/jpeg", *image.size)
    for _ in range(MAX_SHRINK_STEPS):
        factor = min(0.9, sqrt(limits.bytes / len(body)))
        size = round(image.width * factor), round(image.height * factor)
        if min(size) < limits.min_side:
            break
        image = _scale(image, size)
        body = _encode_jpeg(image, QUALITIES[-1])
        if len(body) <= limits.bytes:
            return PreparedImage(body, "image/jpeg", *image.size)
    raise ImageTooLarge(f"the image cannot be made to fit into {limits.bytes:,} bytes")


def _encode_jpeg(image: Image.Image, quality: int) -> bytes:
    body = BytesIO()
    image.save(body, "JPEG", quality=quality)
    return body.getvalue()
