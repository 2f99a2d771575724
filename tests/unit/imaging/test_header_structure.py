"""Headers that contradict their pictures are refused before anything is decoded, and errors of the storage pass."""

import struct
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image
from rekbridge_lambda.domain.errors import ImageTooLarge, Rejected, Unavailable, UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging import sniffing
from rekbridge_lambda.imaging.formats.coded_sizes import read_av1_size
from rekbridge_lambda.imaging.sniffing import sniff_image

from tests.layouts import bmp_writer, scene
from tests.layouts.bmp_writer import write_bmp
from tests.layouts.heif_writer import encode_box
from tests.layouts.scene import quantize
from tests.odd_formats import FORMATS, ODD, make_rotated_file, save_image


def sniff(file: bytes) -> ImageHeader:
    return sniff_image(lambda offset, length: file[offset : offset + length], len(file))


def encode_pieces(width: int, height: int, tags: dict[int, list[int]], samples: int = 1, planar: int = 1) -> bytes:
    """A TIFF with these lists of strips or tiles, and no pixels."""
    tags = {256: [width], 257: [height], 258: [8], 259: [1], 262: [1], 277: [samples], 284: [planar]} | tags
    lists, entries, at = b"", b"", 8 + 2 + 12 * len(tags) + 4
    for tag, values in sorted(tags.items()):
        data = struct.pack(f"<{len(values)}I", *values)
        value = data if len(values) == 1 else struct.pack("<I", at + len(lists))
        lists += data if len(values) > 1 else b""
        entries += struct.pack("<HHI", tag, 4, len(values)) + value
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + lists + bytes(64)


def test_one_tile_of_26752_for_a_picture_of_100_is_refused() -> None:
    file = encode_pieces(100, 100, {322: [26752], 323: [26752], 324: [8], 325: [8]})
    with pytest.raises(UnreadableImage, match="tiles of 26752 × 26752 px for a picture of 100 × 100 px"):
        sniff(file)


@pytest.mark.parametrize("side", [0, 2**32 - 1])
def test_tiles_of_an_impossible_size_are_refused(side: int) -> None:
    with pytest.raises(UnreadableImage, match="this TIFF has tiles of"):
        sniff(encode_pieces(100, 100, {322: [side], 323: [256], 324: [8], 325: [8]}))


def test_a_small_picture_in_one_tile_of_512_is_accepted() -> None:
    assert sniff(encode_pieces(100, 100, {322: [512], 323: [512], 324: [8], 325: [8]})).width == 100


def test_160000_strips_for_64_rows_are_refused() -> None:
    file = encode_pieces(64, 64, {273: [8] * 160_000, 278: [1], 279: [8] * 160_000})
    with pytest.raises(UnreadableImage, match="lists 160,000 strips or tiles, but a picture of its size has 64"):
        sniff(file)


def test_fewer_strips_than_rows_need_are_refused() -> None:
    with pytest.raises(UnreadableImage, match="lists 2 strips or tiles, but a picture of its size has 64"):
        sniff(encode_pieces(64, 64, {273: [8, 8], 278: [1], 279: [8, 8]}))


def test_a_list_of_strips_beyond_the_file_is_refused() -> None:
    file = bytearray(encode_pieces(64, 64, {273: [8] * 64, 278: [1], 279: [8] * 64}))
    with pytest.raises(UnreadableImage, match="a list of its parts is cut off"):
        sniff(bytes(file[:200]))


def test_a_strip_beyond_the_file_is_refused() -> None:
    with pytest.raises(UnreadableImage, match="its strips or tiles are cut off"):
        sniff(encode_pieces(64, 64, {273: [2**31], 278: [64], 279: [4096]}))


@pytest.mark.parametrize(("planar", "strips"), [(1, 4), (2, 12)])
def test_separate_planes_have_strips_of_their_own(planar: int, strips: int) -> None:
    lists = {258: [8] * 3, 262: [2], 273: [8] * strips, 278: [16], 279: [8] * strips}
    assert sniff(encode_pieces(64, 64, lists, samples=3, planar=planar)).height == 64


def change_size(file: bytes, width: int, height: int) -> bytes:
    """The same HEIF file with another size in its boxes."""
    at = file.index(b"ispe") + 8
    return file[:at] + struct.pack(">II", width, height) + file[at + 8 :]


AVIF_300 = save_image(Image.new("RGB", (300, 200), "teal"), "AVIF")


@pytest.mark.parametrize(
    ("file", "contained"),
    [
        (AVIF_300, "300 × 200"),
        (save_image(Image.new("RGBA", (300, 200), "teal"), "AVIF"), "300 × 200"),
        (make_rotated_file("HEIC", 1), r"144 × 96"),
    ],
    ids=["AVIF", "AVIF with alpha", "HEIC"],
)
def test_a_coded_picture_larger_than_its_box_says_is_refused(file: bytes, contained: str) -> None:
    with pytest.raises(ImageTooLarge, match=f"has 20 × 20 px and contains a picture of {contained} px"):
        sniff(change_size(file, 20, 20))


@pytest.mark.parametrize("size", [(1, 1), (16, 9), (300, 200), (1001, 777), (4096, 16)])
def test_the_size_in_a_sequence_header_is_that_of_the_picture(size: tuple[int, int]) -> None:
    file = BytesIO()
    Image.new("RGB", size).save(file, "AVIF", quality=30)
    data = file.getvalue()
    assert read_av1_size(data[data.index(b"mdat") + 4 :]) == size


def test_a_picture_as_large_as_its_box_says_is_accepted() -> None:
    assert sniff(AVIF_300).width == 300


@pytest.mark.parametrize("name", ["box-cut-off.heic", "box-empty.heic"])
def test_a_box_that_ends_too_early_is_refused(name: str) -> None:
    with pytest.raises(UnreadableImage):
        sniff((ODD / name).read_bytes())


HEIF_NAMES = [name for name in FORMATS if name.startswith(("HEIC", "AVIF"))]


@pytest.mark.parametrize("name", HEIF_NAMES)
def test_a_box_of_any_length_raises_nothing_but_a_refusal(name: str) -> None:
    file = FORMATS[name][0]()
    end = file.index(b"mdat")
    for at in range(0, end, 2):
        for number in (b"\0\0", b"\0\1", b"\0\x0b", b"\xff\xff"):
            changed = file[:at] + number + file[at + 2 :]
            with suppress(Rejected):
                sniff(changed)


@pytest.mark.parametrize(
    "error", [IndexError("x"), ValueError("x"), struct.error("x"), OverflowError(), RecursionError()]
)
def test_any_error_of_a_header_reader_is_a_refusal(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> ImageHeader:
        raise error

    monkeypatch.setattr(sniffing, "HEADER_READERS", [(lambda _: True, fail)])
    with pytest.raises(
        UnreadableImage, match=r"^the header of this file is damaged: its numbers contradict each other$"
    ):
        sniff(b"anything at all")


@pytest.mark.parametrize(
    "error", [IndexError("storage"), ValueError("storage"), Unavailable("storage"), OSError("storage")]
)
@pytest.mark.parametrize("reads", [0, 1])
def test_an_error_of_the_storage_is_not_a_refusal(error: Exception, reads: int) -> None:
    file = save_image(Image.new("RGB", (300, 200)), "JPEG", exif=Image.Exif())
    file = file[:20] + (b"\xff\xe1\xff\xff" + bytes(65_533)) + file[20:]
    count = 0

    def read(offset: int, length: int) -> bytes:
        nonlocal count
        count += 1
        if count > reads:
            raise error
        return file[offset : offset + length]

    with pytest.raises(type(error), match="storage"):
        sniff_image(read, len(file))


def encode_grid(size: tuple[int, int], tile: tuple[int, int], rows: int, columns: int, listed: int) -> bytes:
    """The boxes of a HEIC in tiles, without pixels; item 1 is the whole, the others are its tiles."""
    full = bytes(4)  # version and flags
    tiles = range(2, 2 + listed)
    infes = [
        encode_box(b"infe", b"\2\0\0\0", struct.pack(">HH", item, 0), b"grid" if item == 1 else b"hvc1", b"\0")
        for item in (1, *tiles)
    ]
    references = struct.pack(f">HH{listed}H", 1, listed, *tiles)
    sizes = [encode_box(b"ispe", full, struct.pack(">II", *one)) for one in (size, tile)]
    associations = b"".join(struct.pack(">HBB", item, 1, 1 if item == 1 else 2) for item in (1, *tiles))
    grid = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, *size)
    meta = encode_box(
        b"meta",
        full,
        encode_box(b"pitm", full, struct.pack(">H", 1)),
        encode_box(b"iinf", full, struct.pack(">H", 1 + listed), *infes),
        encode_box(b"iref", full, encode_box(b"dimg", references)),
        encode_box(
            b"iprp",
            encode_box(b"ipco", *sizes),
            encode_box(b"ipma", full, struct.pack(">I", 1 + listed), associations),
        ),
        encode_box(b"iloc", b"\1\0\0\0\x44\0", struct.pack(">HHHHHII", 1, 1, 1, 0, 1, 0, len(grid))),
        encode_box(b"idat", grid),
    )
    return encode_box(b"ftyp", b"heic", bytes(4), b"heic", b"mif1") + meta


def test_a_picture_in_as_many_tiles_as_it_needs_is_accepted() -> None:
    header = sniff(encode_grid((4032, 3024), (512, 512), 6, 8, 48))
    assert (header.format, header.width, header.height) == ("heic", 4032, 3024)


@pytest.mark.parametrize("tile", [(4096, 4096), (16384, 16384)])
def test_tiles_that_are_much_larger_than_their_picture_are_refused(tile: tuple[int, int]) -> None:
    with pytest.raises(ImageTooLarge, match="has 1000 × 800 px and contains much larger tiles"):
        sniff(encode_grid((1000, 800), tile, 1, 2, 2))


def test_a_small_picture_in_one_tile_of_512_by_512_is_accepted() -> None:
    assert sniff(encode_grid((100, 100), (512, 512), 1, 1, 1)).width == 100


def test_a_grid_of_more_tiles_than_the_file_lists_is_refused() -> None:
    with pytest.raises(UnreadableImage, match="contradicts itself about its tiles"):
        sniff(encode_grid((1000, 800), (512, 512), 200, 200, 4))


def test_two_lists_of_properties_are_refused() -> None:
    file = encode_grid((100, 100), (512, 512), 1, 1, 1)
    at = file.index(b"iprp") - 4
    length = int.from_bytes(file[at : at + 4])
    twice = file[:at] + file[at : at + length] + file[at:]
    meta = twice.index(b"meta") - 4
    with pytest.raises(UnreadableImage, match="describes its pictures twice"):
        sniff(twice[:meta] + (len(twice) - meta).to_bytes(4) + twice[meta + 4 :])


def move_pixels(file: bytes, offset: int) -> bytes:
    return file[:10] + struct.pack("<I", offset) + file[14:]


def list_bmps() -> list[tuple[str, bytes]]:
    """Every kind of header, with masks, and with whole and partial palettes."""
    rgb = bmp_writer.pack_channels(scene.RGB, (0xFF0000, 0xFF00, 0xFF))
    headers = (bmp_writer.OS2, bmp_writer.OS2_V2, bmp_writer.INFO, bmp_writer.V3, bmp_writer.V5)
    files = [(f"24 bits, header of {header}", write_bmp(rgb, bits=24, header=header)) for header in headers]
    indexes, palette = quantize(scene.GREY, 8)[..., 0], [(value, 255 - value, 100) for value in range(256)]
    for header in headers:
        files.append((f"256 colours, header of {header}", write_bmp(indexes, bits=8, header=header, palette=palette)))
    whole = write_bmp(indexes, bits=8, palette=palette, colours_used=0)
    files.append(("256 colours, none named", whole))
    files.append(("10 colours", write_bmp(indexes // 26, bits=8, palette=palette[:10])))
    masks = (0xF800, 0x7E0, 0x1F)
    pixels = bmp_writer.pack_channels(scene.RGB, masks)
    for header in (bmp_writer.INFO, bmp_writer.V2):
        name = f"16 bits with masks, header of {header}"
        files.append((name, write_bmp(pixels, bits=16, header=header, compression=bmp_writer.BITFIELDS, masks=masks)))
    return files


BMPS = dict(list_bmps())


@pytest.mark.parametrize("name", BMPS)
@pytest.mark.parametrize("back", [1, 3, 4, 26, None], ids=lambda back: f"{back} before the end" if back else "at 0")
def test_a_bmp_whose_pixels_begin_within_its_header_is_refused(name: str, back: int | None) -> None:
    file = BMPS[name]
    end = int.from_bytes(file[10:14], "little")
    with pytest.raises(UnreadableImage, match=rf"its pixels begin at byte \d+, but its header ends at {end}$"):
        sniff(move_pixels(file, end - back if back else 0))


@pytest.mark.parametrize("name", BMPS)
def test_a_bmp_whose_pixels_begin_after_its_header_is_accepted(name: str) -> None:
    file = BMPS[name]
    end = int.from_bytes(file[10:14], "little")
    assert sniff(file).width == scene.WIDTH
    assert sniff(move_pixels(file[:end] + bytes(8) + file[end:], end + 8)).width == scene.WIDTH


@pytest.mark.parametrize("used", [1, 256, 1 << 24])
def test_colours_named_by_a_bmp_of_24_bits_do_not_matter(used: int) -> None:
    rgb = bmp_writer.pack_channels(scene.RGB, (0xFF0000, 0xFF00, 0xFF))
    assert sniff(write_bmp(rgb, bits=24, colours_used=used)).width == scene.WIDTH
