"""JPEGs that every viewer shows, however odd their structure, and JPEGs that cost more than they are worth."""

import random
import resource
from io import BytesIO

import pytest
from PIL import Image
from rekbridge_lambda.domain.errors import UnreadableImage
from rekbridge_lambda.domain.images import ImageHeader
from rekbridge_lambda.imaging.formats.jpeg_segments import MAX_SCANS, MAX_SEGMENTS
from rekbridge_lambda.imaging.rebuild import rebuild_image

from tests.hiding_places import encode_segment, insert_before
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
