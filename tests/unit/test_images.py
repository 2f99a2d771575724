import struct
import zlib

import pytest
from rekbridge_lambda.domain.errors import ImageTooLarge, ImageTooSmall, Rejected, UnreadableImage
from rekbridge_lambda.imaging.dimensions import MAX_BYTES, Picture
from rekbridge_lambda.imaging.sniffing import Limits, Prepared, fitted, sniff

from tests.odd_formats import FORMATS, HEIGHT, WIDTH, chunk, quadrants, saved, tiff, turned

BUDGET = 64 * 1024


class Reads(list[tuple[int, int]]):
    """A file that remembers which of its ranges were read."""

    def __init__(self, file: bytes) -> None:
        super().__init__()
        self._file = file

    def __call__(self, offset: int, length: int) -> bytes:
        self.append((offset, length))
        return self._file[offset : offset + length]

    @property
    def bytes(self) -> int:
        return sum(length for _, length in self)


def told(file: bytes) -> Picture:
    return sniff(Reads(file), len(file))


def application(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body


def png_of(width: int, height: int) -> bytes:
    """A file that claims a size; nothing but zeros, so it is small."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(18_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("name", FORMATS)
def test_tells_every_format_and_size_from_64_kb(name: str) -> None:
    file = FORMATS[name][0]()
    reads = Reads(file)
    picture = sniff(reads, len(file))
    assert picture.format == name.split()[0].lower()
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)
    assert reads.bytes <= BUDGET


@pytest.mark.parametrize("form", ["JPEG", "TIFF", "HEIC"])
def test_tells_the_size_as_displayed(form: str) -> None:
    picture = told(turned(form, 6))
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_tells_how_a_jpeg_lies(orientation: int) -> None:
    assert told(turned("JPEG", orientation)).orientation == orientation


def test_reads_a_common_picture_at_once() -> None:
    file = saved(quadrants(), "JPEG") + bytes(10**6)
    reads = Reads(file)
    sniff(reads, len(file))
    assert len(reads) == 1


def test_follows_a_jpeg_past_large_profiles() -> None:
    file = turned("JPEG", 6)
    large = b"".join(application(0xE2, b"ICC_PROFILE\0" + bytes(65_000)) for _ in range(40))
    reads = Reads(file[:2] + large + file[2:])
    picture = sniff(reads, len(file) + len(large))
    assert (picture.width, picture.orientation) == (WIDTH, 6)
    assert reads.bytes <= BUDGET


def test_finds_a_tiff_directory_at_the_end() -> None:
    file = tiff(bytes(3 * WIDTH * HEIGHT), 8, 3)
    reads = Reads(file)
    assert sniff(reads, len(file)).width == WIDTH
    assert reads[-1][0] > 3 * WIDTH * HEIGHT


def test_refuses_what_stays_undecided_after_64_kb() -> None:
    file = b"\xff\xd8" + application(0xE1, bytes(2000)) * 500 + saved(quadrants(), "JPEG")[2:]
    reads = Reads(file)
    with pytest.raises(UnreadableImage, match="within 64 KB"):
        sniff(reads, len(file))
    assert reads.bytes <= BUDGET


def test_refuses_a_bomb_by_its_head() -> None:
    bomb = png_of(13_000, 13_000)
    assert len(bomb) < 21_000
    reads = Reads(bomb)
    with pytest.raises(ImageTooLarge, match="169 megapixels"):
        sniff(reads, len(bomb))
    assert reads.bytes <= BUDGET


def test_refuses_a_huge_file_unread() -> None:
    reads = Reads(b"")
    with pytest.raises(ImageTooLarge, match="MiB"):
        sniff(reads, MAX_BYTES + 1)
    assert reads == []


STRANGERS = {
    b"%PDF-1.7\n": "a PDF",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>": "an SVG",
    b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>': "an SVG",
    b"<!DOCTYPE html><html></html>": "a web page",
    "\ufeffDear all, für euch".encode(): "a text",
    b"PK\x03\x04\x14\0": "a ZIP",
    b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom": "a video",
    b"RIFF\x24\0\0\0WAVEfmt ": "a sound",
    b"\0\0\0\x0cJXL \r\n\x87\n": "JPEG XL",
    b"II+\0\x08\0\0\0": "a BigTIFF",
    bytes(range(128, 192)): "unknown kind",
}


@pytest.mark.parametrize(("file", "name"), STRANGERS.items(), ids=STRANGERS.values())
def test_names_what_is_no_image(file: bytes, name: str) -> None:
    with pytest.raises(UnreadableImage, match=f"this is .*{name}.*send JPEG, PNG"):
        told(file)


def test_refuses_an_empty_file() -> None:
    with pytest.raises(UnreadableImage, match="empty"):
        told(b"")


def test_refuses_camera_raw() -> None:
    raw = bytearray(tiff(bytes(3 * WIDTH * HEIGHT), 8, 3))
    directory = int.from_bytes(raw[4:8], "little")
    # The last tag becomes DNGVersion.
    raw[directory + 2 + 9 * 12 : directory + 2 + 9 * 12 + 4] = struct.pack("<HH", 50706, 1)
    with pytest.raises(UnreadableImage, match="camera raw"):
        told(bytes(raw))


@pytest.mark.parametrize("name", ["JPEG baseline", "PNG RGB", "TIFF raw", "WebP lossy", "HEIC", "AVIF"])
def test_refuses_a_head_that_is_cut_off(name: str) -> None:
    file = FORMATS[name][0]()
    for length in range(1, 24):
        with pytest.raises(Rejected):
            told(file[:length])


def test_refuses_a_heic_that_would_crash_its_decoder() -> None:
    with pytest.raises(UnreadableImage, match="no known type"):
        told(turned("HEIC", 6).replace(b"Exif", b"Ex\xfff", 1))


CLASS = Limits(bytes=5_242_880, min_side=80, max_side=10_000)


@pytest.mark.parametrize(
    ("size", "limits", "expected"),
    [
        ((4000, 3000), CLASS, (4000, 3000)),
        ((12_000, 3000), CLASS, (10_000, 2500)),
        ((60, 40), CLASS, (120, 80)),
        ((16, 2000), CLASS, (80, 10_000)),
        ((800, 70_000), Limits(bytes=1, min_side=80), (749, 65_500)),
    ],
)
def test_scales_only_as_far_as_a_limit_needs(size: tuple[int, int], limits: Limits, expected: tuple[int, int]) -> None:
    assert fitted(*size, limits) == expected


@pytest.mark.parametrize(
    ("size", "reason"),
    [((15, 200), "too small"), ((16, 2001), "cannot be scaled"), ((90, 12_000), "cannot be scaled")],
)
def test_refuses_shapes_that_no_scaling_brings_within_the_limits(size: tuple[int, int], reason: str) -> None:
    with pytest.raises(ImageTooSmall, match=reason):
        fitted(*size, CLASS)


@pytest.mark.parametrize(
    ("size", "fits"), [((80, 10_000), True), ((79, 100), False), ((80, 10_001), False), ((3000, 2000), True)]
)
def test_a_variant_fits_other_limits_only_with_all_its_sides(size: tuple[int, int], fits: bool) -> None:
    assert Prepared(b"", "image/jpeg", *size).fits(CLASS) is fits


def test_a_variant_fits_other_limits_only_with_all_its_bytes() -> None:
    assert not Prepared(bytes(11), "image/jpeg", 100, 100).fits(Limits(bytes=10, min_side=80))
