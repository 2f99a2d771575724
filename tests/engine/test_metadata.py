"""Find the metadata in image files."""

import io
import zlib
from typing import Any

import pytest
from PIL import ExifTags, Image, PngImagePlugin
from rekbridge_engine.metadata import find_metadata

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


def build_profile(kind: bytes) -> bytes:
    """A colour profile with one tag of this type."""
    tag = kind + bytes(16)
    header = bytes(36) + b"acsp" + bytes(88)
    return header + (1).to_bytes(4) + b"tag " + (144).to_bytes(4) + len(tag).to_bytes(4) + tag


def encode_large(format: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (100, 70), "red").save(out, format, **options)
    return out.getvalue()


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


@pytest.mark.parametrize(
    ("marker", "body", "expected"),
    [
        (0xE2, b"ICC_PROFILE\0\1\1", ["icc:unreadable"]),
        (0xE2, b"ICC_PROFILE\0\1\1" + build_profile(b"desc"), ["icc:text"]),
        (0xE2, b"ICC_PROFILE\0\1\1" + build_profile(b"prv8"), ["icc:surplus"]),
        (0xE2, b"ICC_PROFILE\0\1\1" + build_profile(b"XYZ ") + b"more", ["icc:surplus"]),
        (0xE2, b"ICC_PROFILE\0\1\1" + build_profile(b"XYZ "), []),
        (0xEE, b"Adobe", ["adobe:surplus"]),
        (0xEE, b"Adobe\0\x64\0\0\0\0\1", []),
        (0xEE, b"Adobe\0\x64GPS!\1", ["adobe:surplus"]),
        (0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0", []),
        (0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0text", ["jfif:thumbnail"]),
        (0xE0, b"JFXX\0\x10", ["jfxx"]),
        (0xDB, b"\3" + bytes(64), ["jpeg:spare-table"]),
        (0xC4, b"\x13" + bytes(16), ["jpeg:spare-table"]),
        (0xDB, b"\3", ["jpeg:table-surplus"]),
        (0xDD, b"\0\0text", ["jpeg:interval-surplus"]),
        (0xDD, b"\xff\xff", ["jpeg:interval-surplus"]),
        (0xDD, b"\0\0", []),
        (0xDC, b"\0\1", ["jpeg:marker-dc"]),
    ],
)
def test_segment_is_reported_only_where_it_holds_more_than_numbers(
    marker: int, body: bytes, expected: list[str]
) -> None:
    assert find_metadata(insert_segment(marker, body)) == expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (PLAIN[:20] + b"text" + PLAIN[20:], ["jpeg:junk"]),
        (PLAIN[:20] + b"\xff\xff" + PLAIN[20:], ["jpeg:junk"]),
        (PLAIN[:-2], ["jpeg:no-end"]),
        (PLAIN[:-2] + b"\xff\xd0text\xff\xd9", ["jpeg:restart-surplus"]),
        (PLAIN[:-2] + PLAIN[PLAIN.index(b"\xff\xda") :], ["jpeg:repeated-scan"]),
        (PLAIN + b"\0", ["trailer"]),
    ],
)
def test_bytes_outside_segments_are_reported(file: bytes, expected: list[str]) -> None:
    assert find_metadata(file) == expected


def test_restart_markers_that_an_interval_needs_are_not_reported() -> None:
    assert find_metadata(encode_large(restart_marker_rows=1)) == []
    assert find_metadata(encode_large(restart_marker_blocks=3)) == []
    assert find_metadata(encode_large(restart_marker_blocks=3, progressive=True)) == []


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


def encode_chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)


PNG = encode_large("PNG")
STREAM_AT = PNG.index(b"IDAT") + 4
STREAM = PNG[STREAM_AT : STREAM_AT + int.from_bytes(PNG[STREAM_AT - 8 : STREAM_AT - 4])]


@pytest.mark.parametrize(
    ("chunk", "expected"),
    [
        (encode_chunk(b"sRGB", b"\0"), []),
        (encode_chunk(b"sRGB", b"\0text"), ["png:srgb-surplus"]),
        (encode_chunk(b"sRGB", b"\0") * 2, ["png:repeated-chunk"]),
        (encode_chunk(b"gAMA", b"\0text"), ["png:gama-surplus"]),
        (encode_chunk(b"cHRM", b"text" * 8), ["png:chrm-surplus"]),
        (encode_chunk(b"cICP", b"text!"), ["png:cicp-surplus"]),
        (encode_chunk(b"sBIT", b"text!"), ["png:sbit-surplus"]),
        (encode_chunk(b"PLTE", b"abc"), ["png:spare-palette"]),
        (encode_chunk(b"tRNS", bytes(6)), []),
        (encode_chunk(b"tRNS", b"no colour"), ["png:trns-surplus"]),
        (encode_chunk(b"prVt", b"text"), ["png:prVt"]),
        (encode_chunk(b"fcTL", bytes(26)), ["png:animation"]),
        (encode_chunk(b"iCCP", b"ICC\0\0" + zlib.compress(build_profile(b"XYZ "))), []),
        (encode_chunk(b"iCCP", b"me\0\0" + zlib.compress(build_profile(b"XYZ "))), ["icc:text"]),
        (encode_chunk(b"iCCP", b"ICC\0\0" + zlib.compress(build_profile(b"XYZ ")) + b"text"), ["icc:surplus"]),
        (encode_chunk(b"sRGB", b"\0")[:-4] + b"text", ["png:bad-checksum"]),
    ],
)
def test_chunk_is_reported_only_where_it_holds_more_than_numbers(chunk: bytes, expected: list[str]) -> None:
    assert find_metadata(PNG[:33] + chunk + PNG[33:]) == expected


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (STREAM, []),
        (STREAM + b"text", ["png:data-surplus"]),
        (zlib.compress(zlib.decompress(STREAM) + b"text"), ["png:pixel-surplus"]),
        (b"no stream", ["png:unreadable-data"]),
    ],
)
def test_data_beyond_the_pixels_is_reported(stream: bytes, expected: list[str]) -> None:
    assert find_metadata(PNG[:33] + encode_chunk(b"IDAT", stream) + encode_chunk(b"IEND", b"")) == expected


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "I;16"])
def test_pixels_of_every_kind_are_not_reported(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (37, 29)).save(out, "PNG")
    assert find_metadata(out.getvalue()) == []


@pytest.mark.parametrize("end", [3, 20, 400, 2000])
def test_truncated_file_is_scanned_to_its_end(end: int) -> None:
    names = set(find_metadata(insert_segment(0xFE, b"by me")[:end]))
    assert {"jpeg:no-end"} <= names <= {"jpeg:no-end", "comment", "jfif:thumbnail"}
