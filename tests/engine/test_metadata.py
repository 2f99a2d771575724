"""Find the metadata in image files."""

import io
import zlib
from typing import Any

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from engine.metadata import find_metadata
from tests.engine.engine_process import PHOTOS

PLAIN = (PHOTOS / "astronaut.jpg").read_bytes()


def encode_jpeg(exif: Image.Exif | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif or b"", **options)
    return out.getvalue()


def insert_segment(marker: int, body: bytes) -> bytes:
    return PLAIN[:2] + bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2) + body + PLAIN[2:]


def build_exif(**tags: object) -> Image.Exif:
    exif = Image.Exif()
    for name, value in tags.items():
        exif[ExifTags.Base[name]] = value
    return exif


def test_file_without_metadata_has_none() -> None:
    assert find_metadata(PLAIN) == []


def test_exif_with_only_the_orientation_is_reported() -> None:
    assert find_metadata(encode_jpeg(build_exif(Orientation=6))) == ["exif:orientation"]


def test_gps_location_is_reported() -> None:
    with_location = build_exif(Orientation=1)
    with_location.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (48.0, 51.0, 24.0)
    with_location[ExifTags.IFD.GPSInfo] = with_location.get_ifd(ExifTags.IFD.GPSInfo)
    assert find_metadata(encode_jpeg(with_location)) == ["exif:gps", "exif:orientation"]


def test_camera_is_reported() -> None:
    assert find_metadata(encode_jpeg(build_exif(Make="Leica", Model="M3"))) == ["exif:make", "exif:model"]


@pytest.mark.parametrize(
    ("marker", "body", "expected"),
    [
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>", "xmp"),
        (0xED, b"Photoshop 3.0\0", "iptc"),
        (0xFE, b"by me", "comment"),
        (0xE2, b"MPF\0", "app2"),
        (0xE1, b"Exif\0\0garbage", "exif:unreadable"),
    ],
)
def test_segment_is_reported_by_name(marker: int, body: bytes, expected: str) -> None:
    assert find_metadata(insert_segment(marker, body)) == [expected]


@pytest.mark.parametrize(("marker", "body"), [(0xE2, b"ICC_PROFILE\0\1\1"), (0xEE, b"Adobe\0"), (0xE0, b"JFIF\0")])
def test_segment_that_a_decoder_needs_is_not_reported(marker: int, body: bytes) -> None:
    assert find_metadata(insert_segment(marker, body)) == []


def test_comment_after_the_first_scan_is_reported() -> None:
    file = encode_jpeg(progressive=True)
    last = file.rindex(b"\xff\xda")
    assert find_metadata(file[:last] + b"\xff\xfe\x00\x06here" + file[last:]) == ["comment"]


def test_bytes_after_the_image_are_reported() -> None:
    assert find_metadata(PLAIN + b"and a video") == ["trailer"]


def test_png_text_time_and_exif_are_reported() -> None:
    info, out = PngImagePlugin.PngInfo(), io.BytesIO()
    info.add_text("Author", "me")
    info.add_itxt("XML:com.adobe.xmp", "<x/>")
    Image.new("RGB", (8, 8)).save(out, "PNG", pnginfo=info, exif=build_exif(Make="Leica"))
    time = b"tIME" + bytes(7)
    file = out.getvalue()
    with_time = file[:-12] + (7).to_bytes(4) + time + zlib.crc32(time).to_bytes(4) + file[-12:]
    assert find_metadata(with_time) == ["exif:make", "png:text", "png:time", "xmp"]


@pytest.mark.parametrize("end", [3, 20, 400, 2000])
def test_truncated_file_is_scanned_to_its_end(end: int) -> None:
    assert find_metadata(insert_segment(0xFE, b"by me")[:end]) in ([], ["comment"])
