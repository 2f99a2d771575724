"""TIFF tags in any combination: an image is prepared or refused, and the reason says what the pixels are."""

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rekbridge_lambda.domain.errors import UnreadableImage

from tests.layouts import scene
from tests.layouts.cases import prepare_case
from tests.layouts.tiff_writer import write_tiff
from tests.unit.conftest import PreparationBench

small_numbers = st.one_of(st.integers(0, 10), st.sampled_from([16, 32, 64, 255, 32803, 34892, 65535]))

any_tags = st.dictionaries(
    st.sampled_from([258, 259, 262, 266, 277, 284, 317, 332, 338, 339, 346, 530]),
    st.tuples(st.sampled_from([1, 3, 4]), st.lists(small_numbers, min_size=1, max_size=9).map(tuple)).filter(
        lambda value: value[0] != 1 or max(value[1]) < 256
    ),
    max_size=5,
)


@settings(max_examples=300)
@given(any_tags, st.sampled_from("<>"), st.integers(1, 5))
def test_any_combination_of_tags_is_sent_or_refused(tags: dict[int, Any], order: Any, count: int) -> None:
    samples = np.resize(scene.quantize(scene.RGB, 8), (scene.HEIGHT, scene.WIDTH, count))
    prepare_case(write_tiff(samples, photometric=2 if count > 2 else 1, bits=8, order=order, tags=tags), scene.RGB)


def refuse(bench: PreparationBench, **settings: Any) -> str:
    samples = scene.quantize(scene.RGB, 16)
    with pytest.raises(UnreadableImage) as raised:
        bench.sniff(write_tiff(samples, **({"photometric": 2, "bits": 16} | settings)))
    return str(raised.value)


def test_the_reason_describes_the_pixels(bench: PreparationBench) -> None:
    assert "planar 16-bit signed RGB:" in refuse(bench, planar=2, sample_format=2)
    assert "16-bit camera raw (CFA)" in refuse(bench, photometric=32803)


def test_a_compression_that_is_not_read_is_named(bench: PreparationBench) -> None:
    assert "compression 34712" in refuse(bench, compression=34712)


def test_pixels_without_a_meaning_are_refused(bench: PreparationBench) -> None:
    file = write_tiff(scene.quantize(scene.GREY, 8), photometric=1, bits=8)
    without = file.replace(struct.pack("<HHI", 262, 3, 1), struct.pack("<HHI", 261, 3, 1))
    with pytest.raises(UnreadableImage, match="does not say what its numbers mean"):
        bench.sniff(without)


def test_many_values_are_refused_without_reading_them(bench: PreparationBench) -> None:
    assert "9 values in tag 258" in refuse(bench, tags={258: (3, (16,) * 9)})
