"""The policy that decides whether compressed pictures leave home as they are."""

from io import BytesIO
from typing import cast

import pytest
from PIL import Image
from rekbridge_engine.metadata import find_metadata
from rekbridge_lambda.domain.images import ImagePrivacy

from tests.hiding_places import JPEG, PLACES, PNG, REFUSED, SECRET
from tests.inspection import compute_max_difference, read_display
from tests.odd_formats import COLOURS, make_rotated_file
from tests.unit.conftest import DEFAULT_LIMITS, PreparationBench

# Behind the last block of the picture: a decoder stops before it, and nobody sees it without decoding.
IN_THE_DATA = JPEG[:-2] + SECRET + JPEG[-2:]


def test_headers_does_not_see_what_hides_in_compressed_data(bench: PreparationBench) -> None:
    assert SECRET in bench.prepare(IN_THE_DATA, privacy="headers").body


@pytest.mark.parametrize("privacy", ["reencode", "a word that nobody knows"])
def test_reencode_sends_no_byte_of_the_file(privacy: str, bench: PreparationBench) -> None:
    body = bench.prepare(IN_THE_DATA, privacy=cast(ImagePrivacy, privacy)).body
    assert SECRET not in body
    assert compute_max_difference(read_display(body)[1], COLOURS) <= 8


@pytest.mark.parametrize("file", [JPEG, PNG, make_rotated_file("JPEG", 6)])
def test_reencode_sends_an_upright_jpeg_without_metadata(file: bytes, bench: PreparationBench) -> None:
    prepared = bench.prepare(file, DEFAULT_LIMITS, "reencode")
    assert prepared.content_type == "image/jpeg"
    assert find_metadata(prepared.body) == []
    assert compute_max_difference(read_display(prepared.body)[1], COLOURS) <= 8
    assert not Image.open(BytesIO(prepared.body)).getexif()


@pytest.mark.parametrize("name", sorted(PLACES.keys() - REFUSED))
def test_reencode_leaves_no_hidden_text(name: str, bench: PreparationBench) -> None:
    body = bench.prepare(PLACES[name](), privacy="reencode").body
    assert SECRET not in body
    assert find_metadata(body) == []
