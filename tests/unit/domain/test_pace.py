"""The arithmetic of a lane; times in microseconds."""

import pytest
from rekbridge_lambda.rate_limiting import state
from rekbridge_lambda.rate_limiting.state import SECOND, Lane

NOW = 1_800_000_000 * SECOND
CUT = Lane(rate_milli=8_000, cut_at=NOW)


def test_a_lane_that_learned_nothing_has_its_quota() -> None:
    assert state.rate(Lane(), 10, NOW) == 10


@pytest.mark.parametrize(("seconds", "rate"), [(0, 8), (1, 8.025), (40, 9), (80, 10), (3600, 10)])
def test_a_rate_comes_back_by_a_quarter_of_a_percent_of_the_quota_a_second(seconds: int, rate: float) -> None:
    assert state.rate(CUT, 10, NOW + seconds * SECOND) == pytest.approx(rate)


def test_a_rate_learned_under_a_smaller_quota_is_a_twentieth_of_the_new_one_at_once() -> None:
    assert state.rate(CUT, 400, NOW) == 20


def test_no_cut_goes_below_a_twentieth_of_the_quota() -> None:
    assert state.cut(Lane(rate_milli=510, cut_at=NOW), 10, NOW) == 500


def test_a_throttle_cuts_the_rate_by_five_percent() -> None:
    assert state.cut(CUT, 10, NOW) == 7_600


@pytest.mark.parametrize(("quota", "microseconds"), [(10, 100_000), (3, 333_334), (0.5, 2 * SECOND)])
def test_slots_lie_no_closer_than_the_quota_allows(quota: float, microseconds: int) -> None:
    assert state.interval(Lane(), quota, NOW) == microseconds


@pytest.mark.parametrize(("tat", "wait"), [(None, 0), (NOW, 0), (NOW + 2 * SECOND, 0), (NOW + 2 * SECOND + 1, 1)])
def test_a_lane_is_waited_for_until_its_slot_is_within_reach(tat: int | None, wait: int) -> None:
    assert state.wait(Lane(tat), NOW, ahead=2 * SECOND) == wait


@pytest.mark.parametrize(("open_until", "wait"), [(NOW + 7, 7), (NOW, 0), (NOW - 7, 0)])
def test_an_open_breaker_is_waited_for_whatever_its_slots(open_until: int, wait: int) -> None:
    assert state.wait(Lane(NOW + 9 * SECOND, open_until=open_until), NOW, ahead=2 * SECOND) == wait


@pytest.mark.parametrize(("unused_for", "idle"), [(state.BURST, False), (state.BURST + 1, True)])
def test_a_lane_is_idle_once_its_whole_burst_is_there_again(unused_for: int, idle: bool) -> None:
    assert state.idle(Lane(NOW - unused_for), NOW) is idle


def test_a_lane_that_was_never_used_is_idle() -> None:
    assert state.idle(Lane(), NOW)


def test_an_open_lane_is_never_idle() -> None:
    assert not state.idle(Lane(NOW - SECOND, open_until=NOW), NOW)
