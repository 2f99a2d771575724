"""PNGs that every viewer shows, however odd their ancillary chunks, and what these say about colours."""

import struct
import tracemalloc
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms
from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging import colour
from rekbridge_lambda.imaging.formats.png_colour import find_profile
from rekbridge_lambda.imaging.rebuild import rebuild_image

from tests.inspection import compute_max_difference, read_display
from tests.odd_formats import (
    COLOURS,
    HEIGHT,
    WIDTH,
    draw_indexed,
    draw_quadrants,
    draw_transparent,
    encode_png_chunk,
    make_interlaced_png,
    make_rotated_file,
    make_sixteen_bit_png,
    make_swapped_profile,
    save_image,
)
from tests.unit.conftest import DEFAULT_LIMITS, PreparationBench

SRGB = colour.build_profile(colour.SRGB)
DISPLAY_P3 = colour.build_profile(colour.DISPLAY_P3)
SRGB_POINTS = struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
P3_POINTS = struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)


def encode_profile(profile: bytes) -> bytes:
    return b"name\0\0" + zlib.compress(profile)


def break_checksum(chunk: bytes) -> bytes:
    return chunk[:-4] + bytes(byte ^ 0xFF for byte in chunk[-4:])


# Chunks that no decoder needs, of which each kept Pillow from decoding.
ODD_CHUNKS = {
    "text of a wrong checksum": break_checksum(encode_png_chunk(b"tEXt", b"Software\0scanner")),
    "size of a wrong checksum": break_checksum(encode_png_chunk(b"pHYs", bytes(9))),
    "profile of a wrong checksum": break_checksum(encode_png_chunk(b"iCCP", encode_profile(DISPLAY_P3))),
    "transparency of a wrong checksum": break_checksum(encode_png_chunk(b"tRNS", b"\0" * 6)),
    "text of 2 MiB": encode_png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2**21))),
    "international text of 2 MiB": encode_png_chunk(b"iTXt", b"C\0\1\0\0\0" + zlib.compress(bytes(2**21))),
    "profile of 2 MiB": encode_png_chunk(b"iCCP", encode_profile(bytes(2**21))),
    "profile that never ends": encode_png_chunk(b"iCCP", encode_profile(bytes(2**24))),
    "profile of a broken stream": encode_png_chunk(b"iCCP", b"name\0\0" + b"no stream"),
    "profile without a name": encode_png_chunk(b"iCCP", b"no end of a name"),
    "gamma of one byte": encode_png_chunk(b"gAMA", b"\0"),
    "gamma of 0": encode_png_chunk(b"gAMA", bytes(4)),
    "primaries of 31 bytes": encode_png_chunk(b"cHRM", bytes(31)),
    "primaries of 0": encode_png_chunk(b"cHRM", bytes(32)),
    "primaries beyond all numbers": encode_png_chunk(b"gAMA", (50_000).to_bytes(4))
    + encode_png_chunk(b"cHRM", b"\xff\xff\xff\xff\0\0\0\1" * 4),
    "sRGB without an intent": encode_png_chunk(b"sRGB", b""),
    "colours of an unknown kind": encode_png_chunk(b"cICP", b"\x63\x63\0\1"),
    "EXIF that is none": encode_png_chunk(b"eXIf", b"MM\0*\xff\xff\xff\xff"),
    "chunk whose name is no text": encode_png_chunk(b"\xe1\xe2\x63\xe4", b""),
    "background of a palette": encode_png_chunk(b"bKGD", b"\xff"),
}

DECODED_FILES = {
    "palette": save_image(draw_indexed(), "PNG"),
    "transparent": save_image(draw_transparent(), "PNG"),
    "16 bits": make_sixteen_bit_png(draw_quadrants(), 2),
    "interlaced": make_interlaced_png(),
}


def insert_after_header(file: bytes, *chunks: bytes) -> bytes:
    return file[:33] + b"".join(chunks) + file[33:]


@pytest.mark.parametrize("odd", ODD_CHUNKS)
@pytest.mark.parametrize("name", DECODED_FILES)
def test_an_odd_chunk_changes_nothing_in_a_png_that_is_decoded(name: str, odd: str, bench: PreparationBench) -> None:
    file = DECODED_FILES[name]
    assert bench.prepare(insert_after_header(file, ODD_CHUNKS[odd])) == bench.prepare(file)


@pytest.mark.parametrize("odd", [name for name in ODD_CHUNKS if "profile of 2" not in name])
def test_an_odd_chunk_changes_nothing_in_a_png_that_is_not_decoded(odd: str, bench: PreparationBench) -> None:
    file = save_image(draw_quadrants(), "PNG")
    assert bench.prepare(insert_after_header(file, ODD_CHUNKS[odd])) == bench.prepare(file)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("repeats", [0, 1, 2])
def test_a_png_with_any_exif_header_is_upright(orientation: int, repeats: int, bench: PreparationBench) -> None:
    file = make_rotated_file("PNG", orientation)
    at = file.index(b"eXIf") - 4
    length = int.from_bytes(file[at : at + 4])
    exif = file[at + 8 : at + 8 + length].removeprefix(b"Exif\0\0")
    chunk = encode_png_chunk(b"eXIf", b"Exif\0\0" * repeats + exif)
    size, colours = read_display(bench.prepare(file[:at] + file[at + 12 + length : -12] + chunk + file[-12:]).body)
    assert size == (WIDTH, HEIGHT)
    assert compute_max_difference(colours, COLOURS) <= 8


@pytest.mark.parametrize("name", DECODED_FILES)
def test_a_png_whose_data_is_cut_off_is_rejected(name: str, bench: PreparationBench) -> None:
    file = DECODED_FILES[name]
    with pytest.raises(UnreadableImage, match="cannot be decoded"):
        bench.prepare(file[: file.index(b"IDAT") + 20])


@pytest.mark.parametrize(
    "palette", [b"", encode_png_chunk(b"PLTE", b""), break_checksum(encode_png_chunk(b"PLTE", b"abc"))]
)
def test_a_png_without_a_sound_palette_is_rejected(palette: bytes, bench: PreparationBench) -> None:
    file = DECODED_FILES["palette"]
    at = file.index(b"PLTE") - 4
    with pytest.raises(UnreadableImage, match="lacks its palette"):
        bench.prepare(file[:at] + palette + file[at + 12 + int.from_bytes(file[at : at + 4]) :])


# Chunks, and the profile that they stand for; they count in this order, whatever theirs is in the file.
COLOUR_CASES: list[tuple[dict[bytes, bytes], bytes]] = [
    ({}, b""),
    ({b"sRGB": b"\0"}, b""),
    ({b"sRGB": b"\0", b"gAMA": (45455).to_bytes(4), b"cHRM": SRGB_POINTS}, b""),
    ({b"gAMA": (45455).to_bytes(4)}, b""),
    ({b"gAMA": (45455).to_bytes(4), b"cHRM": SRGB_POINTS}, b""),
    ({b"cHRM": P3_POINTS}, b""),
    ({b"sRGB": b"\0", b"gAMA": (100_000).to_bytes(4), b"cHRM": P3_POINTS}, b""),
    ({b"cICP": b"\x01\x0d\0\1", b"iCCP": encode_profile(DISPLAY_P3)}, b""),
    ({b"cICP": b"\x0c\x0d\0\1", b"sRGB": b"\0"}, DISPLAY_P3),
    ({b"iCCP": encode_profile(DISPLAY_P3), b"sRGB": b"\0"}, DISPLAY_P3),
    ({b"iCCP": encode_profile(b"a profile"), b"sRGB": b"\0"}, b"a profile"),
    # Narrow range, luminance and chroma, PQ: not of RGB as Rekognition could get it.
    ({b"cICP": b"\x0c\x0d\0\0", b"sRGB": b"\0"}, b""),
    ({b"cICP": b"\x0c\x0d\1\1", b"sRGB": b"\0"}, b""),
    ({b"cICP": b"\x09\x10\0\1", b"sRGB": b"\0"}, b""),
]


@pytest.mark.parametrize(("bodies", "profile"), COLOUR_CASES)
def test_colour_chunks_count_in_the_order_of_the_standard(bodies: dict[bytes, bytes], profile: bytes) -> None:
    assert find_profile(bodies, is_grey=False) == profile


@pytest.mark.parametrize("gamma", [0.3, 1 / 1.8, 1.0])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_gamma_is_applied(gamma: float, mode: str, bench: PreparationBench) -> None:
    level = 120
    image = Image.new(mode, (100, 100), (level,) * 3 if mode == "RGB" else level)
    file = insert_after_header(save_image(image, "PNG"), encode_png_chunk(b"gAMA", round(100_000 * gamma).to_bytes(4)))
    light = (level / 255) ** (1 / gamma)
    expected = 255 * (1.055 * light ** (1 / 2.4) - 0.055)
    shown = Image.open(BytesIO(bench.prepare(file).body)).convert("RGB").getpixel((50, 50))
    assert isinstance(shown, tuple)
    assert max(abs(value - expected) for value in shown) <= 3


@pytest.mark.parametrize(
    "chunks",
    [
        encode_png_chunk(b"iCCP", encode_profile(make_swapped_profile())),
        encode_png_chunk(b"gAMA", (45455).to_bytes(4)) + encode_png_chunk(b"cHRM", P3_POINTS),
        encode_png_chunk(b"cICP", b"\x09\x0d\0\1"),
    ],
)
def test_other_colours_are_sent_as_srgb(chunks: bytes, bench: PreparationBench) -> None:
    prepared = bench.prepare(insert_after_header(save_image(draw_quadrants(), "PNG"), chunks))
    assert prepared.content_type == "image/jpeg"
    assert "icc_profile" not in Image.open(BytesIO(prepared.body)).info
    assert compute_max_difference(read_display(prepared.body)[1], COLOURS) > 8


def test_display_p3_by_number_is_sent_as_our_profile(bench: PreparationBench) -> None:
    file = insert_after_header(save_image(draw_quadrants(), "PNG"), encode_png_chunk(b"cICP", b"\x0c\x0d\0\1"))
    image = Image.open(BytesIO(bench.prepare(file).body))
    assert image.info["icc_profile"] == DISPLAY_P3
    assert image.tobytes() == draw_quadrants().tobytes()


def test_a_palette_in_display_p3_is_converted(bench: PreparationBench) -> None:
    file = insert_after_header(save_image(draw_indexed(), "PNG"), encode_png_chunk(b"cICP", b"\x0c\x0d\0\1"))
    expected = ImageCms.profileToProfile(
        draw_quadrants(), ImageCms.ImageCmsProfile(BytesIO(DISPLAY_P3)), ImageCms.createProfile("sRGB")
    )
    assert expected is not None
    shown = read_display(bench.prepare(file).body)[1]
    assert compute_max_difference(shown, tuple(read_display(save_image(expected, "PNG"))[1])) <= 3


def rebuild_and_measure(stream: bytes, side: int) -> tuple[bytes | None, int]:
    """A black grey PNG of this data put together anew, and the peak of memory beside the file."""
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", stream), (b"IEND", b""))
    file = BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(encode_png_chunk(kind, body) for kind, body in chunks))
    tracemalloc.start()
    try:
        rebuilt = rebuild_image(ImageHeader("png", side, side, native=True), file, DEFAULT_LIMITS)
        return rebuilt, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_inflated_picture_is_never_in_memory() -> None:
    rebuilt, peak = rebuild_and_measure(zlib.compress(bytes(7000 * 7001)), 7000)
    assert rebuilt is not None
    assert peak < 2_000_000


def test_data_that_inflates_to_more_than_the_picture_is_left_at_once() -> None:
    rebuilt, peak = rebuild_and_measure(zlib.compress(bytes(2**28), 1), 100)
    assert rebuilt is None
    assert peak < 2_000_000
