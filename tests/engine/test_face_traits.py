"""Smile, open mouth and open eyes of a mesh whose proportions are given."""

import numpy as np
import pytest
from rekbridge_engine.vision.face_traits import judge_eyes_open, judge_mouth_open, judge_smile

# With it a mouth of 61 is as likely a smile as not.
MIDDLE, NOSE_WIDTH = 61, 61 / 1.345


def build_mesh(mouth_width: float = 50, lips_gap: float = 2, lids_gap: float = 8) -> np.ndarray:
    """A face with 100 pixels from one outer corner of the eyes to the other; inner mouth and eyes are 40 wide."""
    mesh = np.zeros((468, 3))
    mesh[129, :2], mesh[358, :2] = (50 - NOSE_WIDTH / 2, 60), (50 + NOSE_WIDTH / 2, 60)
    mesh[61, :2], mesh[291, :2] = (50 - mouth_width / 2, 80), (50 + mouth_width / 2, 80)
    mesh[78, :2], mesh[308, :2] = (30, 80), (70, 80)
    mesh[13, :2], mesh[14, :2] = (50, 80 - lips_gap / 2), (50, 80 + lips_gap / 2)
    for outer, inner, upper, lower, x in ((33, 133, 159, 145, 0), (263, 362, 386, 374, 100)):
        mesh[outer, :2], mesh[inner, :2] = (x, 20), (abs(x - 40), 20)
        middle = abs(x - 20)
        mesh[upper, :2], mesh[lower, :2] = (middle, 20 - lids_gap / 2), (middle, 20 + lids_gap / 2)
    return mesh


def test_wide_mouth_smiles_and_a_narrow_one_does_not() -> None:
    assert judge_smile(build_mesh(mouth_width=70)).value
    assert not judge_smile(build_mesh(mouth_width=50)).value


def test_gap_between_the_lips_is_an_open_mouth() -> None:
    assert judge_mouth_open(build_mesh(lips_gap=20)).value
    assert not judge_mouth_open(build_mesh(lips_gap=2)).value


def test_gap_between_the_lids_is_open_eyes() -> None:
    assert judge_eyes_open(build_mesh(lids_gap=10)).value
    assert not judge_eyes_open(build_mesh(lids_gap=2)).value


@pytest.mark.parametrize("lids_gap", [0, 4, 6.8, 8, 12, 30])
def test_eyes_are_never_surer_than_80(lids_gap: float) -> None:
    assert 50 <= judge_eyes_open(build_mesh(lids_gap=lids_gap)).confidence <= 80


@pytest.mark.parametrize("mouth_width", [40, 55, 61, 65, 90])
def test_confidence_is_between_50_and_100_and_grows_with_the_distance_from_the_middle(mouth_width: float) -> None:
    trait, surer = judge_smile(build_mesh(mouth_width)), judge_smile(build_mesh(MIDDLE + 2 * (mouth_width - MIDDLE)))
    assert 50 <= trait.confidence <= surer.confidence <= 100


def test_size_does_not_matter() -> None:
    mesh = build_mesh(mouth_width=62, lips_gap=9, lids_gap=7)
    for judge in (judge_smile, judge_mouth_open, judge_eyes_open):
        assert judge(mesh * 7).confidence == pytest.approx(judge(mesh).confidence)


def test_mesh_without_extent_is_judged_without_an_error() -> None:
    assert judge_smile(np.zeros((468, 3))).confidence >= 50
