"""A text in any place outside the compressed picture stays at home, and the picture stays the same."""

import zlib
from io import BytesIO

import pytest
from PIL import Image
from rekbridge_engine.metadata import find_metadata
from rekbridge_lambda.domain.errors import Rejected

from tests.hiding_places import DECODED, JPEG, PLACES, PNG, PROGRESSIVE, REFUSED, SECRET
from tests.odd_formats import FORMATS, save_image
from tests.unit.conftest import PreparationBench

SHOWN = sorted(PLACES.keys() - REFUSED)


def inflate_chunks(body: bytes) -> bytes:
    """Everything compressed in a PNG."""
    inflated, at = b"", 8
    while body.startswith(b"\x89PNG") and at < len(body):
        length, kind = int.from_bytes(body[at : at + 4]), body[at + 4 : at + 8]
        data = body[at + 8 : at + 8 + length]
        compressed = {b"IDAT": data, b"iCCP": data.partition(b"\0")[2][1:], b"zTXt": data.partition(b"\0")[2][1:]}
        inflated += zlib.decompress(compressed[kind]) if kind in compressed else b""
        at += 12 + length
    return inflated


def decode(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body)).convert("RGB")


@pytest.mark.parametrize("name", SHOWN)
def test_a_hidden_text_stays_at_home(name: str, bench: PreparationBench) -> None:
    body = bench.prepare(PLACES[name]()).body
    assert SECRET not in body + inflate_chunks(body)


@pytest.mark.parametrize("name", SHOWN)
def test_the_picture_with_a_hidden_text_is_the_same(name: str, bench: PreparationBench) -> None:
    original = decode(PROGRESSIVE if "between the scans" in name else PNG if name.startswith("PNG") else JPEG)
    expected = decode(save_image(original, "JPEG", quality=90)) if name in DECODED else original
    assert decode(bench.prepare(PLACES[name]()).body).tobytes() == expected.tobytes()


@pytest.mark.parametrize("name", SHOWN)
def test_the_detector_finds_nothing_in_what_is_sent(name: str, bench: PreparationBench) -> None:
    assert find_metadata(bench.prepare(PLACES[name]()).body) == []


@pytest.mark.parametrize("name", FORMATS)
def test_the_detector_finds_nothing_in_any_format_that_is_sent(name: str, bench: PreparationBench) -> None:
    assert find_metadata(bench.prepare(FORMATS[name][0]()).body) == []


@pytest.mark.parametrize("name", sorted(PLACES))
def test_the_detector_finds_a_hidden_text(name: str) -> None:
    assert find_metadata(PLACES[name]()) != []


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_file_that_decoders_refuse_is_rejected(name: str, bench: PreparationBench) -> None:
    with pytest.raises(Rejected):
        bench.prepare(PLACES[name]())
