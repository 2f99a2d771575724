"""Dropping metadata without decoding: what stays, what goes, and that the pixels are the same."""

import zlib
from io import BytesIO

import pytest
from PIL import Image
from rekbridge_lambda.imaging import metadata
from rekbridge_lambda.imaging.dimensions import Picture

from tests.inspection import metadata as besides
from tests.odd_formats import HEIGHT, WIDTH, chunk, quadrants, saved, swapped_profile, turned

SECRET = b"48.8584 N, 2.2945 E"


def application(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body


def dropped(file: bytes, orientation: int = 1) -> bytes | None:
    form = "png" if file.startswith(b"\x89PNG") else "jpeg"
    return metadata.dropped(Picture(form, WIDTH, HEIGHT, orientation, native=True), BytesIO(file))  # type: ignore[arg-type]


def pixels(file: bytes) -> bytes:
    return Image.open(BytesIO(file)).tobytes()


def talkative_jpeg() -> bytes:
    """A camera's: JFIF with a thumbnail, EXIF with a place, XMP, IPTC, a comment and a film behind the picture."""
    file = turned("JPEG", 6)
    extra = (
        application(0xE0, b"JFXX\0\x10" + SECRET)
        + application(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)
        + application(0xE2, b"FPXR\0" + SECRET)
        + application(0xED, b"Photoshop 3.0\0" + SECRET)
        + application(0xEC, b"Ducky" + SECRET)
        + application(0xEE, b"Adobe\0\x64\0\0\0\0\1" + SECRET)
        + application(0xFE, SECRET)
    )
    film = b"\0\0\0\x18ftypmp42" + SECRET + b"\xff\xd8\xff\xe1" + SECRET + b"\xff\xd9"
    jfif = application(0xE0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\x01\x01" + b"abc" + SECRET)
    return file[:2] + jfif + extra + file[20:] + film


def talkative_png() -> bytes:
    file = saved(quadrants(), "PNG", icc_profile=swapped_profile(), dpi=(72, 72))
    extra = (
        chunk(b"tEXt", b"Comment\0" + SECRET)
        + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SECRET))
        + chunk(b"tIME", bytes(7))
        + chunk(b"eXIf", b"MM\0*" + SECRET)
        + chunk(b"prVt", SECRET)
    )
    return file[:33] + extra + file[33:] + b"PK\x03\x04" + SECRET


@pytest.mark.parametrize("file", [talkative_jpeg(), talkative_png()], ids=["JPEG", "PNG"])
class TestTalkativeFiles:
    def test_no_metadata_is_left(self, file: bytes) -> None:
        quiet = dropped(file, 6)
        assert quiet is not None
        assert besides(quiet) == []
        assert SECRET not in quiet

    def test_every_pixel_is_the_same(self, file: bytes) -> None:
        quiet = dropped(file, 6)
        assert quiet is not None
        assert pixels(quiet) == pixels(file)

    def test_dropping_again_changes_nothing(self, file: bytes) -> None:
        quiet = dropped(file, 6)
        assert quiet is not None
        assert dropped(quiet, 6) == quiet


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_keeps_its_orientation(orientation: int) -> None:
    quiet = dropped(turned("JPEG", orientation), orientation)
    assert quiet is not None
    assert Image.open(BytesIO(quiet)).getexif() == ({} if orientation == 1 else {0x0112: orientation})


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_the_colour_profile_stays(form: str) -> None:
    quiet = dropped(saved(quadrants(), form, icc_profile=swapped_profile()))
    assert quiet is not None
    assert Image.open(BytesIO(quiet)).info["icc_profile"] == swapped_profile()


def test_a_jpeg_in_rgb_keeps_the_mark_that_says_so() -> None:
    file = saved(quadrants(), "JPEG", keep_rgb=True)
    quiet = dropped(file)
    assert quiet is not None
    assert pixels(quiet) == pixels(file)


def test_restart_markers_are_part_of_the_picture() -> None:
    file = saved(quadrants(), "JPEG", restart_marker_blocks=1)
    assert b"\xff\xd3" in file
    quiet = dropped(file)
    assert quiet is not None
    assert pixels(quiet) == pixels(file)


def test_a_comment_between_scans_needs_decoding() -> None:
    file = saved(quadrants(), "JPEG", progressive=True)
    scan = file.rindex(b"\xff\xda")
    assert dropped(file) is not None
    assert dropped(file[:scan] + application(0xFE, SECRET) + file[scan:]) is None


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_file_that_is_cut_off_needs_decoding(form: str) -> None:
    file = saved(quadrants(), form)
    assert [length for length in range(8, len(file)) if dropped(file[:length]) is not None] == []


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_png_needs_decoding(orientation: int) -> None:
    assert dropped(turned("PNG", orientation)) is None


def test_a_png_turned_by_its_last_chunk_needs_decoding() -> None:
    file = saved(quadrants(), "PNG")
    exif = Image.Exif()
    exif[0x0112] = 6
    late = chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    assert dropped(file[:-12] + late + file[-12:]) is None


def test_a_transparent_colour_needs_decoding() -> None:
    assert dropped(saved(quadrants(), "PNG", transparency=(230, 210, 40))) is None


def test_an_unknown_critical_chunk_needs_decoding() -> None:
    file = saved(quadrants(), "PNG")
    assert dropped(file[:33] + chunk(b"ABCD", b"") + file[33:]) is None


def test_data_within_a_pngs_end_needs_decoding() -> None:
    file = saved(quadrants(), "PNG")
    assert dropped(file[:-12] + chunk(b"IEND", SECRET)) is None
    assert dropped(file[:-12] + b"\0\0\xff\xff" + file[-8:]) is None
