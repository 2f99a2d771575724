"""What an image file still tells besides its picture."""

import io
import zlib
from typing import Any

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from engine.metadata import embedded
from tests.engine.running import PHOTOS

PLAIN = (PHOTOS / "astronaut.jpg").read_bytes()


def jpeg(exif: Image.Exif | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif or b"", **options)
    return out.getvalue()


def with_segment(marker: int, body: bytes) -> bytes:
    return PLAIN[:2] + bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2) + body + PLAIN[2:]


def exif(**tags: object) -> Image.Exif:
    made = Image.Exif()
    for name, value in tags.items():
        made[ExifTags.Base[name]] = value
    return made


def test_a_clean_file_tells_nothing() -> None:
    assert embedded(PLAIN) == []


def test_an_orientation_alone_is_told_apart() -> None:
    assert embedded(jpeg(exif(Orientation=6))) == ["exif:orientation"]


def test_a_place_is_found() -> None:
    placed = exif(Orientation=1)
    placed.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (48.0, 51.0, 24.0)
    placed[ExifTags.IFD.GPSInfo] = placed.get_ifd(ExifTags.IFD.GPSInfo)
    assert embedded(jpeg(placed)) == ["exif:gps", "exif:orientation"]


def test_a_camera_is_found() -> None:
    assert embedded(jpeg(exif(Make="Leica", Model="M3"))) == ["exif:make", "exif:model"]


@pytest.mark.parametrize(
    ("marker", "body", "told"),
    [
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>", "xmp"),
        (0xED, b"Photoshop 3.0\0", "iptc"),
        (0xFE, b"by me", "comment"),
        (0xE2, b"MPF\0", "app2"),
        (0xE1, b"Exif\0\0garbage", "exif:unreadable"),
    ],
)
def test_a_segment_is_named(marker: int, body: bytes, told: str) -> None:
    assert embedded(with_segment(marker, body)) == [told]


@pytest.mark.parametrize(("marker", "body"), [(0xE2, b"ICC_PROFILE\0\1\1"), (0xEE, b"Adobe\0"), (0xE0, b"JFIF\0")])
def test_what_a_decoder_needs_is_not_told(marker: int, body: bytes) -> None:
    assert embedded(with_segment(marker, body)) == []


def test_a_comment_behind_the_first_scan_is_found() -> None:
    file = jpeg(progressive=True)
    last = file.rindex(b"\xff\xda")
    assert embedded(file[:last] + b"\xff\xfe\x00\x06here" + file[last:]) == ["comment"]


def test_bytes_behind_the_picture_are_found() -> None:
    assert embedded(PLAIN + b"and a video") == ["trailer"]


def test_png_text_time_and_exif_are_found() -> None:
    info, out = PngImagePlugin.PngInfo(), io.BytesIO()
    info.add_text("Author", "me")
    info.add_itxt("XML:com.adobe.xmp", "<x/>")
    Image.new("RGB", (8, 8)).save(out, "PNG", pnginfo=info, exif=exif(Make="Leica"))
    time = b"tIME" + bytes(7)
    file = out.getvalue()
    with_time = file[:-12] + (7).to_bytes(4) + time + zlib.crc32(time).to_bytes(4) + file[-12:]
    assert embedded(with_time) == ["exif:make", "png:text", "png:time", "xmp"]


@pytest.mark.parametrize("end", [3, 20, 400, 2000])
def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(end: int) -> None:
    assert embedded(with_segment(0xFE, b"by me")[:end]) in ([], ["comment"])
