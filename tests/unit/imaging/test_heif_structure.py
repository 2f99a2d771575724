"""HEIC and AVIF whose boxes make a reader work much for few bytes, or show less than they contain."""

import struct
from collections.abc import Iterator

import pytest
from PIL import Image
from rekbridge_lambda.domain.errors import ImageTooLarge, UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.formats import coded_sizes, heif_boxes, heif_coded_sizes
from rekbridge_lambda.imaging.sniffing import sniff_image

from tests.layouts.heif_writer import Fraction, add_aperture, encode_aperture, encode_box, list_boxes
from tests.odd_formats import make_rotated_file, save_image

FULL = bytes(4)  # version and flags
AVIF = save_image(Image.new("RGB", (300, 200), "teal"), "AVIF")


def sniff(file: bytes) -> ImageHeader:
    return sniff_image(lambda offset, length: file[offset : offset + length], len(file))


def encode_file(properties: list[bytes], items: dict[int, list[int]], *others: bytes, kind: bytes = b"hvc1") -> bytes:
    """A file without pixels; the items have these of the properties, from 1, and item 1 is the main one."""
    infes = [encode_box(b"infe", b"\2\0\0\0", struct.pack(">HH", item, 0), kind, b"\0") for item in items]
    associations = [struct.pack(f">HB{len(numbers)}H", item, len(numbers), *numbers) for item, numbers in items.items()]
    ipma = encode_box(b"ipma", b"\0\0\0\1", struct.pack(">I", len(items)), *associations)
    meta = encode_box(
        b"meta",
        FULL,
        encode_box(b"pitm", FULL, struct.pack(">H", 1)),
        encode_box(b"iinf", FULL, struct.pack(">H", len(items)), *infes),
        encode_box(b"iprp", encode_box(b"ipco", *properties), ipma),
        *others,
    )
    return encode_box(b"ftyp", b"heic", bytes(4), b"heic", b"mif1") + meta


def encode_size(width: int, height: int) -> bytes:
    return encode_box(b"ispe", FULL, struct.pack(">II", width, height))


def encode_parameters(zeros: int, ones: int = 0, padding: int = 0) -> bytes:
    """A configuration for 640 × 480 px with an identifier in Exp-Golomb code that begins with so many zeros."""
    bits = "0" * (4 + 3 + 97) + "0" * zeros + "1" + "1" * zeros + "010"
    for number in (641, 481):
        bits += f"{number:b}".zfill(2 * number.bit_length() - 1)
    bits += "1" * ones + "0" * (-(len(bits) + ones) % 8)
    unit = (b"\x42\1" + int("1" + bits, 2).to_bytes(1 + len(bits) // 8)[1:]).replace(b"\0\0", b"\0\0\3")
    unit += bytes([255]) * padding
    return encode_box(b"hvcC", bytes(22), b"\1\x21\0\1", struct.pack(">H", len(unit)), unit)


@pytest.mark.parametrize("version", [0, 1, 2])
@pytest.mark.parametrize("extents", [1, 65_535])
def test_extents_that_take_no_room_are_refused(version: int, extents: int) -> None:
    item = (
        struct.pack(">I" if version == 2 else ">H", 1) + (bytes(2) if version else b"") + struct.pack(">HH", 0, extents)
    )
    count = struct.pack(">I" if version == 2 else ">H", 3)
    iloc = encode_box(b"iloc", bytes((version, 0, 0, 0, 0, 0)), count, item * 3)
    with pytest.raises(UnreadableImage, match="does not say where the data of its pictures is"):
        sniff(encode_file([encode_size(640, 480)], {1: [1]}, iloc))


@pytest.mark.parametrize("missing", [0, 1])
def test_the_extents_behind_the_first_must_be_there(missing: int) -> None:
    extents = [struct.pack(">BB", offset, 7) for offset in (50, 60, 70)]
    iloc = b"\0\0\0\0\x11\0" + struct.pack(">HHHH", 2, 1, 0, 3) + b"".join(extents)
    iloc += struct.pack(">HHH", 2, 0, 1) + b"\x50\7"
    if missing:
        with pytest.raises(IndexError):
            heif_boxes.read_locations(iloc[:-missing])
    else:
        found = heif_boxes.read_locations(iloc)
        assert {item: data.offset for item, data in found.items()} == {1: 50, 2: 80}


def test_the_list_of_properties_is_read_once_for_all_items(monkeypatch: pytest.MonkeyPatch) -> None:
    read, count = heif_boxes.iterate_boxes, 0

    def count_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
        nonlocal count
        for box in read(data):
            count += 1
            yield box

    monkeypatch.setattr(heif_boxes, "iterate_boxes", count_boxes)
    items, properties = {item: [1] for item in range(1, 201)}, [encode_size(640, 480), *[encode_box(b"free")] * 300]
    assert sniff(encode_file(properties, items)).width == 640
    assert count < 2 * (len(items) + len(properties))


def test_every_item_has_its_own_properties() -> None:
    iprp = dict(list_boxes(encode_file([encode_size(5, 6), encode_size(7, 8)], {1: [2], 2: [1, 2], 3: [9]})[24 + 12 :]))
    found = heif_boxes.read_properties(iprp[b"iprp"])
    assert {item: [body[7] for _, body in listed] for item, listed in found.items()} == {1: [7], 2: [5, 7]}


@pytest.mark.parametrize("zeros", [33, 34, 1000, 100_000])
def test_a_number_of_more_than_32_bits_is_refused(zeros: int) -> None:
    with pytest.raises(UnreadableImage, match="a number of more than 32 bits"):
        sniff(encode_file([encode_size(640, 480), encode_parameters(zeros)], {1: [1, 2]}))


@pytest.mark.parametrize("zeros", [0, 1, 31, 32])
def test_a_number_of_32_bits_is_read(zeros: int) -> None:
    assert sniff(encode_file([encode_size(640, 480), encode_parameters(zeros)], {1: [1, 2]})).width == 640
    with pytest.raises(ImageTooLarge, match="contains a picture of 640 × 480 px"):
        sniff(encode_file([encode_size(64, 48), encode_parameters(zeros)], {1: [1, 2]}))


def test_a_configuration_is_read_once_for_all_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    configurations = []

    def record(configuration: bytes) -> tuple[int, int] | None:
        configurations.append(configuration)
        return coded_sizes.read_hevc_size(configuration)

    monkeypatch.setattr(heif_coded_sizes, "read_hevc_size", record)
    properties = [encode_parameters(0), *(encode_size(640 + more, 480) for more in range(100))]
    assert sniff(encode_file(properties, {item: [1, item + 1] for item in range(1, 101)})).width == 640
    assert len(configurations) == 1


def test_no_size_of_many_with_one_configuration_may_be_too_small() -> None:
    properties = [encode_parameters(0), *(encode_size(640 - 10 * less, 480) for less in range(10))]
    with pytest.raises(ImageTooLarge, match=r"has 5[5-7]0 × 480 px and contains a picture of 640"):
        sniff(encode_file(properties, {item: [1, item + 1] for item in range(1, 11)}))


def test_only_the_beginning_of_long_parameters_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = []

    class RecordingBits(coded_sizes.BitReader):
        def __init__(self, data: bytes) -> None:
            lengths.append(len(data))
            super().__init__(data)

    monkeypatch.setattr(coded_sizes, "BitReader", RecordingBits)
    assert sniff(encode_file([encode_size(640, 480), encode_parameters(0, padding=20_000)], {1: [1, 2]})).width == 640
    assert len(lengths) == 1
    assert lengths[0] <= 1024


@pytest.mark.parametrize("others", [0, 12, 40])
def test_the_main_picture_of_an_avif_is_checked_behind_any_number_of_others(others: int) -> None:
    """The others come first in the list and have no data of their own."""
    top = dict(list_boxes(AVIF))
    infes = [
        encode_box(b"infe", b"\2\0\0\0", struct.pack(">HH", 100 + number, 0), b"av01", b"\0")
        for number in range(others)
    ]
    parts = b""
    for kind, body in list_boxes(top[b"meta"][4:]):
        if kind == b"iinf":
            body = FULL + (others + int.from_bytes(body[4:6])).to_bytes(2) + b"".join(infes) + body[6:]
        parts += encode_box(kind, body)
    # The picture's data stays where it is.
    file = AVIF.replace(b"meta", b"free", 1) + encode_box(b"meta", FULL, parts)
    assert sniff(file).width == 300
    at = file.rindex(b"ispe") + 8
    with pytest.raises(ImageTooLarge, match="has 20 × 20 px and contains a picture of 300 × 200 px"):
        sniff(file[:at] + struct.pack(">II", 20, 20) + file[at + 8 :])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_of_a_heic_is_that_of_the_part_that_is_shown(orientation: int) -> None:
    # As stored: the picture is turned after it has been cropped.
    width, height = (120, 90) if orientation < 5 else (90, 120)
    file = add_aperture(make_rotated_file("HEIC", orientation), encode_aperture((width, 1), (height, 1)))
    assert (sniff(file).width, sniff(file).height) == (120, 90)


@pytest.mark.parametrize(("width", "height"), [(299, 200), (300, 199), (100, 100), (1, 1)])
def test_an_avif_that_is_to_be_cropped_is_refused(width: int, height: int) -> None:
    reason = f"of 300 × 200 px is to be shown cropped to {width} × {height} px; send it cropped"
    with pytest.raises(UnreadableImage, match=reason):
        sniff(add_aperture(AVIF, encode_aperture((width, 1), (height, 1))))


def test_an_avif_that_is_to_be_shown_as_a_whole_is_accepted() -> None:
    header = sniff(add_aperture(AVIF, encode_aperture((600, 2), (200, 1))))
    assert (header.width, header.height) == (300, 200)


def test_a_heic_of_which_a_small_part_is_to_be_shown_is_refused() -> None:
    """The decoder takes it for an attack."""
    file = add_aperture(make_rotated_file("HEIC", 1), encode_aperture((20, 1), (20, 1)))
    with pytest.raises(UnreadableImage, match="of 144 × 96 px is to be shown cropped to 20 × 20 px"):
        sniff(file)


@pytest.mark.parametrize(
    ("width", "right", "reason"),
    [
        ((100, 0), (0, 1), "no whole number of pixels"),
        ((201, 2), (0, 1), "no whole number of pixels"),
        ((0, 1), (0, 1), "no whole number of pixels"),
        ((100, 1), (0, 0), "no whole number of pixels"),
        ((2**32 - 2, 1), (0, 1), "no whole number of pixels"),
        ((146, 1), (0, 1), "more than there is of it"),
        ((100, 1), (23, 1), "more than there is of it"),
        ((100, 1), (-23, 1), "more than there is of it"),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_a_part_that_makes_no_sense_is_refused(width: Fraction, right: Fraction, reason: str, swapped: bool) -> None:
    whole, middle = (96, 1), (0, 1)
    aperture = encode_aperture(width, whole, right, middle)
    if swapped:
        aperture = encode_aperture((144, 1), width, middle, right)
    with pytest.raises(UnreadableImage, match=reason):
        sniff(add_aperture(make_rotated_file("HEIC", 1), aperture))


def test_a_part_that_is_cut_off_is_refused() -> None:
    with pytest.raises(UnreadableImage):
        sniff(add_aperture(make_rotated_file("HEIC", 1), encode_aperture((120, 1), (90, 1))[:20]))
