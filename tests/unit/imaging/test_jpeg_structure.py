"""JPEGs that every viewer shows, however odd their structure, and JPEGs that cost more than they are worth."""

import random
import resource
from io import BytesIO

import pytest
from PIL import Image
from rekbridge_engine.metadata import find_metadata
from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.formats.jpeg_segments import MAX_SCANS, MAX_SEGMENTS, split_segments
from rekbridge_lambda.imaging.rebuild import rebuild_image

from tests.hiding_places import encode_segment, insert_before, set_intervals
from tests.odd_formats import HEIGHT, WIDTH, draw_quadrants, make_ycck_jpeg, save_image
from tests.unit.conftest import DEFAULT_LIMITS, PreparationBench

JPEG = save_image(draw_quadrants(), "JPEG", quality=92)
PROGRESSIVE = save_image(draw_quadrants(), "JPEG", quality=92, progressive=True)
EXIF = encode_segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0")


def decode(body: bytes) -> bytes:
    return Image.open(BytesIO(body)).convert("RGB").tobytes()


def make_odd_files() -> dict[str, bytes]:
    return {
        "fill bytes before a marker": insert_before(0xDB, b"\xff\xff\xff", file=JPEG),
        "fill bytes before the end": JPEG[:-2] + b"\xff\xff\xff" + JPEG[-2:],
        "bytes behind JFIF": JPEG[:20] + b"\n" * 7 + JPEG[20:],
        "two zeros before the frame": insert_before(0xC0, b"\0\0", file=JPEG),
        "stand-alone markers before the frame": insert_before(0xC0, b"\xff\xd0\xff\x01\xff\xd7", file=JPEG),
        "stuffed zero before the frame": insert_before(0xC0, b"\xff\0", file=JPEG),
        "comment longer than it says": JPEG[:20] + b"\xff\xfe\0\3abc" + JPEG[20:],
        "bytes between the scans": insert_before(0xDA, b"abc", file=PROGRESSIVE, last=True),
        "restart interval of 0": insert_before(0xDA, b"\xff\xdd\0\4\0\0", file=JPEG),
        "restart marker of the next interval": insert_before(0xDA, b"\xff\xdd\0\4\1\0", file=JPEG),
        "zeros behind the end": JPEG + bytes(1000),
    }


ODD_FILES = make_odd_files()


@pytest.mark.parametrize("name", ODD_FILES)
def test_a_jpeg_with_bytes_between_its_parts_is_put_together_anew(name: str, bench: PreparationBench) -> None:
    prepared = bench.prepare(ODD_FILES[name])
    plain = PROGRESSIVE if name == "bytes between the scans" else JPEG
    assert decode(prepared.body) == decode(plain)


@pytest.mark.parametrize("file", [JPEG, PROGRESSIVE, save_image(draw_quadrants().convert("L"), "JPEG")])
@pytest.mark.parametrize("trailer", [b"", b"\0\0\0\x18ftypmp42" + b"\xff\x3b" * 99, b"\xff\xff", b"SEFH", JPEG])
def test_a_jpeg_without_its_end_is_shown(file: bytes, trailer: bytes, bench: PreparationBench) -> None:
    body = bench.prepare(file[:-2] + trailer).body
    assert decode(body) == decode(save_image(Image.open(BytesIO(file)), "JPEG", quality=90))


@pytest.mark.parametrize("share", [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 0.999])
@pytest.mark.parametrize("settings", [{}, {"progressive": True}, {"restart_marker_blocks": 3}], ids=str)
def test_a_jpeg_whose_data_is_cut_off_is_rejected(
    share: float, settings: dict[str, int], bench: PreparationBench
) -> None:
    noise = Image.frombytes("RGB", (WIDTH, HEIGHT), random.Random(1).randbytes(3 * WIDTH * HEIGHT))
    file = save_image(noise, "JPEG", **settings)
    with pytest.raises(UnreadableImage, match="its data ends before the picture does"):
        bench.prepare(file[: int(len(file) * share)])


@pytest.mark.parametrize("repeats", [0, 1, 2])
def test_a_repeated_exif_header_changes_no_orientation(repeats: int, bench: PreparationBench) -> None:
    file = JPEG[:20] + encode_segment(0xE1, b"Exif\0\0" * repeats + EXIF[4:]) + JPEG[20:]
    assert bench.sniff(file).orientation == 6


def test_an_orientation_behind_the_frame_counts(bench: PreparationBench) -> None:
    header = bench.sniff(insert_before(0xDA, EXIF, file=JPEG))
    assert (header.orientation, header.width, header.height) == (6, HEIGHT, WIDTH)


def test_an_orientation_behind_the_first_scan_does_not_count(bench: PreparationBench) -> None:
    assert bench.sniff(insert_before(0xDA, EXIF, file=PROGRESSIVE, last=True)).orientation == 1


@pytest.mark.parametrize("trailer", [b"", b"\0\0\0\x18ftypmp42" + b"\xff\x3b" * 99])
def test_a_cmyk_jpeg_without_its_end_is_shown(trailer: bytes, bench: PreparationBench) -> None:
    file = make_ycck_jpeg()
    assert bench.prepare(file[:-2] + trailer) == bench.prepare(file)


def test_a_jpeg_without_the_scans_of_its_colours_is_rejected(bench: PreparationBench) -> None:
    grey = save_image(draw_quadrants().convert("L"), "JPEG")
    colour = grey.replace(encode_segment(0xC0, b"\x08\0\x60\0\x90\1\1\x11\0"), JPEG[JPEG.index(b"\xff\xc0") :][:19])
    assert len(colour) > len(grey)
    with pytest.raises(UnreadableImage, match="its data ends before the picture does"):
        bench.prepare(colour[:-2])


def test_a_jpeg_that_is_cut_off_at_a_restart_marker_is_rejected(bench: PreparationBench) -> None:
    file = save_image(draw_quadrants(), "JPEG", restart_marker_blocks=9)
    with pytest.raises(UnreadableImage, match="its data ends before the picture does"):
        bench.prepare(file[: file.index(b"\xff\xd3")])


def repeat_last_scan(file: bytes, times: int) -> bytes:
    at = file.rindex(b"\xff\xda")
    return file[:at] + file[at:-2] * times + file[-2:]


@pytest.mark.parametrize("file", [PROGRESSIVE, JPEG, make_ycck_jpeg()], ids=["progressive", "baseline", "CMYK"])
def test_a_jpeg_of_too_many_scans_is_rejected(file: bytes, bench: PreparationBench) -> None:
    with pytest.raises(UnreadableImage, match=f"more than {MAX_SCANS} scans"):
        bench.prepare(repeat_last_scan(file, MAX_SCANS + 1))


def test_a_jpeg_of_too_many_segments_is_rejected(bench: PreparationBench) -> None:
    with pytest.raises(UnreadableImage, match="segments"):
        bench.prepare(JPEG[:-2] + b"\xff\xfe\0\2" * (MAX_SEGMENTS + 1) + JPEG[-2:])


def make_jpeg_of_scans(scans: int, side: int = 7744) -> bytes:
    """Grey, progressive, 60 megapixels: every scan goes through all blocks, and has hardly any data."""
    frame = encode_segment(0xC2, b"\x08" + 2 * side.to_bytes(2) + b"\1\1\x11\0")
    tables = encode_segment(0xDB, b"\0" + b"\x10" * 64) + encode_segment(0xC4, b"\0\1" + bytes(16))
    ac = encode_segment(0xC4, b"\x10\1" + bytes(15) + b"\xe0")
    first = encode_segment(0xDA, b"\1\1\0\0\0\0") + bytes((side // 8) ** 2 // 8)
    return b"".join(
        (
            b"\xff\xd8",
            tables,
            frame,
            ac,
            first,
            (encode_segment(0xDA, b"\1\1\0\1\x3f\0") + bytes(64)) * scans,
            b"\xff\xd9",
        )
    )


def test_a_jpeg_of_thousands_of_scans_costs_no_processor_time(bench: PreparationBench) -> None:
    file = make_jpeg_of_scans(4000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    with pytest.raises(UnreadableImage, match="scans"):
        bench.prepare(file)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 2


def test_a_progressive_jpeg_that_is_put_together_twice_stays_the_same() -> None:
    header = ImageHeader("jpeg", WIDTH, HEIGHT, native=True)
    rebuilt = rebuild_image(header, BytesIO(PROGRESSIVE), DEFAULT_LIMITS)
    assert rebuilt is not None
    assert rebuild_image(header, BytesIO(rebuilt), DEFAULT_LIMITS) == rebuilt


def swap_table_numbers() -> bytes:
    """The same picture, whose quantization and Huffman tables 0 and 1 are called 3 and 2."""
    names, file, at = {0: 3, 1: 2}, bytearray(JPEG), 2
    while file[at + 1] != 0xD9:
        marker, length = file[at + 1], int.from_bytes(file[at + 2 : at + 4])
        body = at + 4
        if marker in (0xDB, 0xC4):
            file[body] = file[body] & 0xF0 | names[file[body] & 15]
        elif marker == 0xC0:
            for part in range(body + 6, body + 15, 3):
                file[part + 2] = names[file[part + 2]]
        elif marker == 0xDA:
            for part in range(body + 1, body + 7, 2):
                file[part + 1] = names[file[part + 1] >> 4] << 4 | names[file[part + 1] & 15]
            break
        at += 2 + length
    return bytes(file)


def test_the_numbers_of_tables_stay_at_home(bench: PreparationBench) -> None:
    file = swap_table_numbers()
    assert file != JPEG
    assert bench.prepare(file).body == bench.prepare(JPEG).body


@pytest.mark.parametrize("sampling", [0x11, 0x22, 0x43, 0x14])
def test_the_sampling_of_a_grey_picture_stays_at_home(sampling: int, bench: PreparationBench) -> None:
    grey = save_image(draw_quadrants().convert("L"), "JPEG")
    at = grey.index(b"\xff\xc0") + 11
    file = grey[:at] + bytes((sampling,)) + grey[at + 1 :]
    assert bench.prepare(file).body == bench.prepare(grey).body
    assert ("jpeg:sampling-surplus" in find_metadata(file)) == (sampling != 0x11)


@pytest.mark.parametrize("file", [JPEG, PROGRESSIVE], ids=["baseline", "progressive"])
def test_a_restart_interval_longer_than_the_picture_stays_at_home(file: bytes, bench: PreparationBench) -> None:
    assert bench.prepare(set_intervals(file)).body == bench.prepare(file).body
    assert "jpeg:interval-surplus" in find_metadata(set_intervals(file))


def test_a_restart_interval_that_is_used_is_kept(bench: PreparationBench) -> None:
    file = save_image(draw_quadrants(), "JPEG", restart_marker_blocks=9)
    body = bench.prepare(file).body
    assert body.count(b"\xff\xdd\0\4\0\x09") == 1
    assert (decode(body), find_metadata(body)) == (decode(file), [])


MILLIONS = 20_000_000
COSTLY_FILES = {
    "fill bytes and stuffed zeros between segments": lambda: insert_before(
        0xDA, b"\xff\xff\0" * (MILLIONS // 3), file=JPEG
    ),
    "fill bytes between segments": lambda: insert_before(0xDA, b"\xff" * MILLIONS, file=JPEG),
    "restart markers between segments": lambda: insert_before(0xDA, b"\xff\xd0" * (MILLIONS // 2), file=JPEG),
    "restart markers in a scan": lambda: JPEG[:-2] + b"\xff\xd0" * (MILLIONS // 2) + JPEG[-2:],
    "fill bytes and stuffed zeros in a scan": lambda: JPEG[:-2] + b"\xff\xff\0" * (MILLIONS // 3) + JPEG[-2:],
    "fill bytes in a scan": lambda: JPEG[:-2] + b"\xff" * MILLIONS + b"\0" + JPEG[-2:],
}


@pytest.mark.parametrize("name", COSTLY_FILES)
def test_millions_of_bytes_without_meaning_are_refused_at_little_cost(name: str) -> None:
    file = COSTLY_FILES[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    with pytest.raises(UnreadableImage, match="this JPEG has more"):
        split_segments(file)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 1.5


def test_millions_of_stuffed_zeros_are_followed_at_little_cost() -> None:
    file = JPEG[:-2] + b"\xff\0" * MILLIONS + JPEG[-2:]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    jpeg = split_segments(file)
    assert jpeg.is_complete
    assert jpeg.segments[-1].scan.stop == len(file) - 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 1.5
