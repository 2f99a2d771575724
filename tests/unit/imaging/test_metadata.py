"""Stripping metadata without decoding: what is kept, what is removed, and that the pixels are the same."""

import zlib
from io import BytesIO

import pytest
from PIL import Image
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging import metadata

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

SECRET = b"48.8584 N, 2.2945 E"


def encode_segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body


def strip(file: bytes, orientation: int = 1) -> bytes | None:
    image_format = "png" if file.startswith(b"\x89PNG") else "jpeg"
    return metadata.strip_metadata(ImageHeader(image_format, WIDTH, HEIGHT, orientation, native=True), BytesIO(file))  # type: ignore[arg-type]


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
    file = save_image(draw_quadrants(), "PNG", icc_profile=make_swapped_profile(), dpi=(72, 72))
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
        stripped = strip(file, 6)
        assert stripped is not None
        assert list_metadata(stripped) == []
        assert SECRET not in stripped

    def test_every_pixel_is_the_same(self, file: bytes) -> None:
        stripped = strip(file, 6)
        assert stripped is not None
        assert decode(stripped) == decode(file)

    def test_stripping_again_changes_nothing(self, file: bytes) -> None:
        stripped = strip(file, 6)
        assert stripped is not None
        assert strip(stripped, 6) == stripped


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_keeps_its_orientation(orientation: int) -> None:
    stripped = strip(make_rotated_file("JPEG", orientation), orientation)
    assert stripped is not None
    assert Image.open(BytesIO(stripped)).getexif() == ({} if orientation == 1 else {0x0112: orientation})


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_the_colour_profile_is_kept(image_format: str) -> None:
    stripped = strip(save_image(draw_quadrants(), image_format, icc_profile=make_swapped_profile()))
    assert stripped is not None
    assert Image.open(BytesIO(stripped)).info["icc_profile"] == make_swapped_profile()


def test_a_jpeg_in_rgb_keeps_its_adobe_marker() -> None:
    file = save_image(draw_quadrants(), "JPEG", keep_rgb=True)
    stripped = strip(file)
    assert stripped is not None
    assert decode(stripped) == decode(file)


def test_restart_markers_are_kept() -> None:
    file = save_image(draw_quadrants(), "JPEG", restart_marker_blocks=1)
    assert b"\xff\xd3" in file
    stripped = strip(file)
    assert stripped is not None
    assert decode(stripped) == decode(file)


def test_a_comment_between_scans_needs_decoding() -> None:
    file = save_image(draw_quadrants(), "JPEG", progressive=True)
    scan = file.rindex(b"\xff\xda")
    assert strip(file) is not None
    assert strip(file[:scan] + encode_segment(0xFE, SECRET) + file[scan:]) is None


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_a_truncated_file_needs_decoding(image_format: str) -> None:
    file = save_image(draw_quadrants(), image_format)
    assert [length for length in range(8, len(file)) if strip(file[:length]) is not None] == []


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_rotated_png_needs_decoding(orientation: int) -> None:
    assert strip(make_rotated_file("PNG", orientation)) is None


def test_a_png_with_an_orientation_in_its_last_chunk_needs_decoding() -> None:
    file = save_image(draw_quadrants(), "PNG")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif_chunk = encode_png_chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    assert strip(file[:-12] + exif_chunk + file[-12:]) is None


def test_a_transparent_colour_needs_decoding() -> None:
    assert strip(save_image(draw_quadrants(), "PNG", transparency=(230, 210, 40))) is None


def test_an_unknown_critical_chunk_needs_decoding() -> None:
    file = save_image(draw_quadrants(), "PNG")
    assert strip(file[:33] + encode_png_chunk(b"ABCD", b"") + file[33:]) is None


def test_data_in_the_end_chunk_of_a_png_needs_decoding() -> None:
    file = save_image(draw_quadrants(), "PNG")
    assert strip(file[:-12] + encode_png_chunk(b"IEND", SECRET)) is None
    assert strip(file[:-12] + b"\0\0\xff\xff" + file[-8:]) is None
