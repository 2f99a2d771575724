import struct
import zlib

import pytest
from rekbridge_lambda.domain.errors import ImageTooLarge, ImageTooSmall, Rejected, UnreadableImage
from rekbridge_lambda.domain.images import MAX_FILE_BYTES, ImageHeader, ImageLimits, PreparedImage
from rekbridge_lambda.imaging.dimensions import fit_within
from rekbridge_lambda.imaging.sniffing import sniff_image

from tests.layouts import scene
from tests.layouts.gif_writer import write_gif
from tests.layouts.scene import quantize
from tests.odd_formats import (
    FORMATS,
    HEIGHT,
    WIDTH,
    draw_quadrants,
    encode_png_chunk,
    encode_tiff,
    make_rotated_file,
    save_image,
)
from tests.unit.conftest import PreparationBench

MAX_BYTES_READ = 64 * 1024


class RecordingReader(list[tuple[int, int]]):
    """Reads ranges of a file, and records them."""

    def __init__(self, file: bytes) -> None:
        super().__init__()
        self._file = file

    def __call__(self, offset: int, length: int) -> bytes:
        self.append((offset, length))
        return self._file[offset : offset + length]

    @property
    def bytes(self) -> int:
        return sum(length for _, length in self)


def sniff(file: bytes) -> ImageHeader:
    return sniff_image(RecordingReader(file), len(file))


def encode_segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body


def make_empty_png(width: int, height: int) -> bytes:
    """A PNG with this size in its header; its pixels are zeros, so the file is small."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(18_000_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + encode_png_chunk(b"IHDR", header)
        + encode_png_chunk(b"IDAT", pixels)
        + encode_png_chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_and_size_is_found_in_64_kb(name: str) -> None:
    file = FORMATS[name][0]()
    reader = RecordingReader(file)
    header = sniff_image(reader, len(file))
    assert header.format == name.split()[0].lower()
    assert (header.width, header.height) == (WIDTH, HEIGHT)
    assert reader.bytes <= MAX_BYTES_READ


@pytest.mark.parametrize("image_format", ["JPEG", "TIFF", "HEIC"])
def test_the_size_is_the_size_as_displayed(image_format: str) -> None:
    header = sniff(make_rotated_file(image_format, 6))
    assert (header.width, header.height) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_of_a_jpeg_is_found(orientation: int) -> None:
    assert sniff(make_rotated_file("JPEG", orientation)).orientation == orientation


def test_a_common_image_needs_one_read() -> None:
    file = save_image(draw_quadrants(), "JPEG") + bytes(10**6)
    reader = RecordingReader(file)
    sniff_image(reader, len(file))
    assert len(reader) == 1


def test_large_profiles_of_a_jpeg_are_skipped() -> None:
    file = make_rotated_file("JPEG", 6)
    profiles = b"".join(encode_segment(0xE2, b"ICC_PROFILE\0" + bytes(65_000)) for _ in range(40))
    reader = RecordingReader(file[:2] + profiles + file[2:])
    header = sniff_image(reader, len(file) + len(profiles))
    assert (header.width, header.orientation) == (WIDTH, 6)
    assert reader.bytes <= MAX_BYTES_READ


@pytest.mark.parametrize("segments", [1, 97, 200, 380])
def test_photos_with_much_extended_xmp_are_read_in_a_bounded_number_of_requests(segments: int) -> None:
    file = make_rotated_file("JPEG", 6)
    xmp = encode_segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(65_000)) * segments
    reader = RecordingReader(file[:2] + xmp + file[2:])
    header = sniff_image(reader, len(file) + len(xmp))
    assert (header.width, header.height, header.orientation) == (WIDTH, HEIGHT, 6)
    assert reader.bytes <= MAX_BYTES_READ
    # One for each segment, and a few for the EXIF block and the frame behind them.
    assert len(reader) <= segments + 8


@pytest.mark.parametrize("segments", [420, 700, 1400])
def test_a_file_of_endless_segments_is_refused_after_400_requests(segments: int) -> None:
    file = b"\xff\xd8" + encode_segment(0xE1, bytes(65_000)) * segments + save_image(draw_quadrants(), "JPEG")[2:]
    reader = RecordingReader(file)
    with pytest.raises(UnreadableImage, match="not within 400 parts"):
        sniff_image(reader, len(file))
    assert len(reader) == 400


def test_a_tiff_directory_at_the_end_is_found() -> None:
    file = encode_tiff(bytes(3 * WIDTH * HEIGHT), 8, 3)
    reader = RecordingReader(file)
    assert sniff_image(reader, len(file)).width == WIDTH
    assert reader[-1][0] > 3 * WIDTH * HEIGHT


def test_a_file_without_a_size_in_64_kb_is_unreadable() -> None:
    file = b"\xff\xd8" + encode_segment(0xE1, bytes(2000)) * 500 + save_image(draw_quadrants(), "JPEG")[2:]
    reader = RecordingReader(file)
    with pytest.raises(UnreadableImage, match="within the first 64 KB"):
        sniff_image(reader, len(file))
    assert reader.bytes <= MAX_BYTES_READ


def test_a_decompression_bomb_is_rejected_by_its_header() -> None:
    bomb = make_empty_png(13_000, 13_000)
    assert len(bomb) < 21_000
    reader = RecordingReader(bomb)
    with pytest.raises(ImageTooLarge, match="169 megapixels"):
        sniff_image(reader, len(bomb))
    assert reader.bytes <= MAX_BYTES_READ


def test_a_file_that_is_too_large_is_rejected_without_reading_it() -> None:
    reader = RecordingReader(b"")
    with pytest.raises(ImageTooLarge, match="MiB"):
        sniff_image(reader, MAX_FILE_BYTES + 1)
    assert reader == []


UNSUPPORTED_FILES = {
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


@pytest.mark.parametrize(("file", "name"), UNSUPPORTED_FILES.items(), ids=UNSUPPORTED_FILES.values())
def test_the_error_for_another_file_type_names_the_type(file: bytes, name: str) -> None:
    with pytest.raises(UnreadableImage, match=f"this is .*{name}.*send JPEG, PNG"):
        sniff(file)


def test_an_empty_file_is_unreadable() -> None:
    with pytest.raises(UnreadableImage, match="empty"):
        sniff(b"")


def test_camera_raw_is_unreadable() -> None:
    raw = bytearray(encode_tiff(bytes(3 * WIDTH * HEIGHT), 8, 3))
    directory = int.from_bytes(raw[4:8], "little")
    # The last tag becomes DNGVersion.
    raw[directory + 2 + 9 * 12 : directory + 2 + 9 * 12 + 4] = struct.pack("<HH", 50706, 1)
    with pytest.raises(UnreadableImage, match="camera raw"):
        sniff(bytes(raw))


@pytest.mark.parametrize("name", ["JPEG baseline", "PNG RGB", "TIFF raw", "WebP lossy", "HEIC", "AVIF"])
def test_a_truncated_header_is_rejected(name: str) -> None:
    file = FORMATS[name][0]()
    for length in range(1, 24):
        with pytest.raises(Rejected):
            sniff(file[:length])


def test_a_heic_that_would_crash_the_decoder_is_unreadable() -> None:
    with pytest.raises(UnreadableImage, match="no known type"):
        sniff(make_rotated_file("HEIC", 6).replace(b"Exif", b"Ex\xfff", 1))


LIMITS = ImageLimits(bytes=5_242_880, min_side=80, max_side=10_000)


@pytest.mark.parametrize(
    ("size", "limits", "expected"),
    [
        ((4000, 3000), LIMITS, (4000, 3000)),
        ((12_000, 3000), LIMITS, (10_000, 2500)),
        ((60, 40), LIMITS, (120, 80)),
        ((16, 2000), LIMITS, (80, 10_000)),
        ((800, 70_000), ImageLimits(bytes=1, min_side=80), (749, 65_500)),
    ],
)
def test_an_image_is_scaled_only_as_far_as_the_limits_require(
    size: tuple[int, int], limits: ImageLimits, expected: tuple[int, int]
) -> None:
    assert fit_within(*size, limits) == expected


@pytest.mark.parametrize(
    ("size", "reason"),
    [((15, 200), "too small"), ((16, 2001), "cannot be scaled"), ((90, 12_000), "cannot be scaled")],
)
def test_a_shape_that_no_scaling_brings_within_the_limits_is_rejected(size: tuple[int, int], reason: str) -> None:
    with pytest.raises(ImageTooSmall, match=reason):
        fit_within(*size, LIMITS)


@pytest.mark.parametrize(
    ("size", "fits"), [((80, 10_000), True), ((79, 100), False), ((80, 10_001), False), ((3000, 2000), True)]
)
def test_a_variant_fits_other_limits_only_with_all_its_sides(size: tuple[int, int], fits: bool) -> None:
    assert PreparedImage(b"", "image/jpeg", *size).fits(LIMITS) is fits


def test_a_variant_fits_other_limits_only_with_all_its_bytes() -> None:
    assert not PreparedImage(bytes(11), "image/jpeg", 100, 100).fits(ImageLimits(bytes=10, min_side=80))


def test_the_size_of_a_gif_is_that_of_a_first_frame_larger_than_its_canvas(bench: PreparationBench) -> None:
    indexes = quantize(scene.GREY, 7)[..., 0]
    file = write_gif(indexes, scene.make_palette(128), canvas=(80, 80), at=(10, 5), transparent=3)
    header = bench.sniff(file)
    assert (header.width, header.height) == (scene.WIDTH + 10, scene.HEIGHT + 5)
    prepared = bench.prepare(file)
    assert (prepared.width, prepared.height) == (header.width, header.height)


def test_a_gif_with_long_comments_before_its_first_frame_has_the_size_of_its_canvas(bench: PreparationBench) -> None:
    file = write_gif(quantize(scene.GREY, 7)[..., 0], scene.make_palette(128))
    comment = b"\x21\xfe" + (b"\xff" + bytes(255)) * 400 + b"\0"
    at = 13 + 3 * 128
    header = bench.sniff(file[:at] + comment + file[at:])
    assert (header.width, header.height) == (scene.WIDTH, scene.HEIGHT)
