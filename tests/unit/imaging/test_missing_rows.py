"""A PNG whose compressed data holds fewer rows than the picture is refused, as is a stream that is cut off."""

import struct
import tracemalloc
import zlib

import pytest
from rekbridge_lambda.domain.errors import UnreadableImage

from tests.odd_formats import (
    draw_indexed,
    draw_quadrants,
    draw_transparent,
    encode_png_chunk,
    make_interlaced_png,
    make_sixteen_bit_png,
    save_image,
)
from tests.unit.conftest import PreparationBench

FILES = {
    "RGB": save_image(draw_quadrants(), "PNG"),
    "grey": save_image(draw_quadrants().convert("L"), "PNG"),
    "one bit": save_image(draw_quadrants().convert("1"), "PNG"),
    "palette": save_image(draw_indexed(), "PNG"),
    "transparent": save_image(draw_transparent(), "PNG"),
    "grey and transparent": save_image(draw_quadrants().convert("LA"), "PNG"),
    "16 bits": make_sixteen_bit_png(draw_quadrants(), 2),
    "interlaced": make_interlaced_png(),
}


def get_stream(file: bytes) -> bytes:
    at = file.index(b"IDAT")
    return file[at + 4 : at + 4 + int.from_bytes(file[at - 4 : at])]


def replace_stream(file: bytes, *streams: bytes) -> bytes:
    at = file.index(b"IDAT") - 4
    return file[:at] + b"".join(encode_png_chunk(b"IDAT", stream) for stream in streams) + file[-12:]


@pytest.mark.parametrize("missing", [1, 500, 10_000])
@pytest.mark.parametrize("name", FILES)
def test_a_png_with_too_few_pixels_is_refused(name: str, missing: int, bench: PreparationBench) -> None:
    pixels = zlib.decompress(get_stream(FILES[name]))
    with pytest.raises(UnreadableImage, match="its data ends before the picture does"):
        bench.prepare(replace_stream(FILES[name], zlib.compress(pixels[:-missing])))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("name", FILES)
def test_a_png_whose_stream_is_cut_off_is_refused(name: str, share: float, bench: PreparationBench) -> None:
    stream = get_stream(FILES[name])
    with pytest.raises(UnreadableImage, match="its data ends before the picture does"):
        bench.prepare(replace_stream(FILES[name], stream[: int(len(stream) * share)]))


@pytest.mark.parametrize("name", FILES)
def test_a_png_with_all_pixels_is_prepared_however_its_data_is_split(name: str, bench: PreparationBench) -> None:
    stream = get_stream(FILES[name])
    split = replace_stream(FILES[name], b"", stream[:1], stream[1:2], b"", stream[2:3], stream[3:])
    assert bench.prepare(split) == bench.prepare(FILES[name])


@pytest.mark.parametrize("name", ["palette", "transparent", "16 bits", "interlaced"])
def test_a_png_without_its_checksum_is_shown(name: str, bench: PreparationBench) -> None:
    file = FILES[name]
    assert bench.prepare(replace_stream(file, get_stream(file)[:-4])) == bench.prepare(file)


@pytest.mark.parametrize("header", [b"\x08\x1d", b"\x78\x01", b"\x78\xda", b"\x68\x81"])
def test_a_png_stream_gets_the_header_of_the_largest_window(header: bytes, bench: PreparationBench) -> None:
    stream = get_stream(FILES["RGB"])
    sent = bench.prepare(replace_stream(FILES["RGB"], header + stream[2:])).body
    assert get_stream(sent) == b"\x78\x9c" + stream[2:]


def test_data_of_a_picture_is_counted_in_little_memory(bench: PreparationBench) -> None:
    side = 6000
    header = struct.pack(">IIBBBBB", side, side, 8, 3, 0, 0, 0)
    stream = zlib.compress(bytes(side * (side + 1) - 1))
    chunks = ((b"IHDR", header), (b"PLTE", b"abc"), (b"IDAT", stream), (b"IEND", b""))
    file = b"\x89PNG\r\n\x1a\n" + b"".join(encode_png_chunk(kind, body) for kind, body in chunks)
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableImage, match="its data ends before the picture does"):
            bench.prepare(file)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
