"""Putting images together anew without decoding: what is kept, what is not, and that the pixels are the same."""

import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms
from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageFormat, ImageHeader, ImageLimits
from rekbridge_lambda.imaging import colour, rebuild
from rekbridge_lambda.imaging.colour import ColourSpace

from tests.inspection import list_metadata as list_metadata
from tests.odd_formats import (
    HEIGHT,
    WIDTH,
    draw_quadrants,
    encode_png_chunk,
    make_rotated_file,
    make_swapped_profile,
    save_image,
)
from tests.unit.conftest import DEFAULT_LIMITS

DISPLAY_P3 = colour.build_profile(colour.DISPLAY_P3)
SECRET = b"48.8584 N, 2.2945 E"


def encode_segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body


def rebuild_file(file: bytes, orientation: int = 1) -> bytes | None:
    image_format: ImageFormat = "png" if file.startswith(b"\x89PNG") else "jpeg"
    return rebuild.rebuild_image(
        ImageHeader(image_format, WIDTH, HEIGHT, orientation, native=True), BytesIO(file), DEFAULT_LIMITS
    )


def decode(file: bytes) -> bytes:
    return Image.open(BytesIO(file)).tobytes()


def make_jpeg_with_metadata() -> bytes:
    """A camera's JPEG: JFIF with a thumbnail, EXIF with a place, XMP, IPTC, a comment, and a video after the image."""
    file = make_rotated_file("JPEG", 6)
    segments = (
        encode_segment(0xE0, b"JFXX\0\x10" + SECRET)
        + encode_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)
        + encode_segment(0xE2, b"FPXR\0" + SECRET)
        + encode_segment(0xED, b"Photoshop 3.0\0" + SECRET)
        + encode_segment(0xEC, b"Ducky" + SECRET)
        + encode_segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + SECRET)
        + encode_segment(0xFE, SECRET)
    )
    video = b"\0\0\0\x18ftypmp42" + SECRET + b"\xff\xd8\xff\xe1" + SECRET + b"\xff\xd9"
    jfif = encode_segment(0xE0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\x01\x01" + b"abc" + SECRET)
    return file[:2] + jfif + segments + file[20:] + video


def make_png_with_metadata() -> bytes:
    file = save_image(draw_quadrants(), "PNG", icc_profile=DISPLAY_P3, dpi=(72, 72))
    segments = (
        encode_png_chunk(b"tEXt", b"Comment\0" + SECRET)
        + encode_png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SECRET))
        + encode_png_chunk(b"tIME", bytes(7))
        + encode_png_chunk(b"eXIf", b"MM\0*" + SECRET)
        + encode_png_chunk(b"prVt", SECRET)
    )
    return file[:33] + segments + file[33:] + b"PK\x03\x04" + SECRET


@pytest.mark.parametrize("file", [make_jpeg_with_metadata(), make_png_with_metadata()], ids=["JPEG", "PNG"])
class TestFilesWithMetadata:
    def test_no_metadata_remains(self, file: bytes) -> None:
        rebuilt = rebuild_file(file, 6)
        assert rebuilt is not None
        assert list_metadata(rebuilt) == []
        assert SECRET not in rebuilt

    def test_every_pixel_is_the_same(self, file: bytes) -> None:
        rebuilt = rebuild_file(file, 6)
        assert rebuilt is not None
        assert decode(rebuilt) == decode(file)

    def test_doing_it_again_changes_nothing(self, file: bytes) -> None:
        rebuilt = rebuild_file(file, 6)
        assert rebuilt is not None
        assert rebuild_file(rebuilt, 6) == rebuilt


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_keeps_its_orientation(orientation: int) -> None:
    rebuilt = rebuild_file(make_rotated_file("JPEG", orientation), orientation)
    assert rebuilt is not None
    assert Image.open(BytesIO(rebuilt)).getexif() == ({} if orientation == 1 else {0x0112: orientation})


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    "space", [colour.DISPLAY_P3, colour.ADOBE_RGB, colour.PROPHOTO_RGB], ids=lambda space: space.name
)
def test_a_known_colour_profile_is_replaced_by_ours(image_format: str, space: ColourSpace) -> None:
    profile = colour.build_profile(space)
    file = save_image(draw_quadrants(), image_format, icc_profile=profile + b"and the name of the photographer")
    rebuilt = rebuild_file(file)
    assert rebuilt is not None
    assert Image.open(BytesIO(rebuilt)).info["icc_profile"] == profile


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_an_srgb_profile_is_not_sent(image_format: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert rebuild_file(save_image(draw_quadrants(), image_format, icc_profile=profile)) == rebuild_file(
        save_image(draw_quadrants(), image_format)
    )


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_an_unknown_colour_profile_needs_decoding(image_format: str) -> None:
    assert rebuild_file(save_image(draw_quadrants(), image_format, icc_profile=make_swapped_profile())) is None


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_a_profile_of_colours_in_a_grey_image_needs_decoding(image_format: str) -> None:
    assert rebuild_file(save_image(draw_quadrants().convert("L"), image_format, icc_profile=DISPLAY_P3)) is None


def test_a_jpeg_in_rgb_keeps_its_adobe_marker() -> None:
    file = save_image(draw_quadrants(), "JPEG", keep_rgb=True)
    rebuilt = rebuild_file(file)
    assert rebuilt is not None
    assert decode(rebuilt) == decode(file)


def test_restart_markers_are_kept() -> None:
    file = save_image(draw_quadrants(), "JPEG", restart_marker_blocks=1)
    assert b"\xff\xd3" in file
    rebuilt = rebuild_file(file)
    assert rebuilt is not None
    assert decode(rebuilt) == decode(file)


def test_a_progressive_jpeg_has_the_same_pixels() -> None:
    file = save_image(draw_quadrants(), "JPEG", progressive=True, restart_marker_blocks=2)
    rebuilt = rebuild_file(file)
    assert rebuilt is not None
    assert decode(rebuilt) == decode(file)


@pytest.mark.parametrize("file", [save_image(draw_quadrants(), "JPEG"), save_image(draw_quadrants(), "PNG")[:-8]])
def test_a_truncated_file_needs_decoding(file: bytes) -> None:
    assert [length for length in range(8, len(file)) if rebuild_file(file[:length]) is not None] == []


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_rotated_png_needs_decoding(orientation: int) -> None:
    assert rebuild_file(make_rotated_file("PNG", orientation)) is None


def test_a_png_with_an_orientation_in_its_last_chunk_needs_decoding() -> None:
    file = save_image(draw_quadrants(), "PNG")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif_chunk = encode_png_chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    assert rebuild_file(file[:-12] + exif_chunk + file[-12:]) is None


def test_a_transparent_colour_needs_decoding() -> None:
    assert rebuild_file(save_image(draw_quadrants(), "PNG", transparency=(230, 210, 40))) is None


def test_an_unknown_critical_chunk_needs_decoding() -> None:
    file = save_image(draw_quadrants(), "PNG")
    assert rebuild_file(file[:33] + encode_png_chunk(b"ABCD", b"") + file[33:]) is None


def test_a_png_that_is_larger_than_the_limit_is_not_inflated() -> None:
    file = save_image(draw_quadrants(), "PNG")
    header = ImageHeader("png", WIDTH, HEIGHT, native=True)
    assert rebuild.rebuild_image(header, BytesIO(file), ImageLimits(bytes=100, min_side=1)) is None


def test_a_png_of_millions_of_chunks_is_rejected() -> None:
    file = save_image(draw_quadrants(), "PNG")
    with pytest.raises(UnreadableImage, match="more than 100,000 chunks"):
        rebuild_file(file[:33] + encode_png_chunk(b"tEXt", b"") * 100_001 + file[33:])
