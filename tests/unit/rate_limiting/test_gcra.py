"""The arithmetic of the rate limit; times are in microseconds."""

import pytest
from rekbridge_lambda.domain.rate_limits import RateLimitState
from rekbridge_lambda.rate_limiting import gcra
from rekbridge_lambda.rate_limiting.gcra import SECOND

NOW = 1_800_000_000 * SECOND
DECREASED = RateLimitState(rate_milli=8_000, decreased_at=NOW)


def test_the_rate_without_throttles_is_the_quota() -> None:
    assert gcra.compute_rate(RateLimitState(), 10, NOW) == 10


@pytest.mark.parametrize(("seconds", "rate"), [(0, 8), (1, 8.025), (40, 9), (80, 10), (3600, 10)])
def test_the_rate_recovers_by_a_quarter_of_a_percent_of_the_quota_a_second(seconds: int, rate: float) -> None:
    assert gcra.compute_rate(DECREASED, 10, NOW + seconds * SECOND) == pytest.approx(rate)


def test_a_rate_stored_under_a_smaller_quota_is_at_least_a_twentieth_of_the_new_quota() -> None:
    assert gcra.compute_rate(DECREASED, 400, NOW) == 20


def test_no_decrease_goes_below_a_twentieth_of_the_quota() -> None:
    assert gcra.compute_decreased_rate(RateLimitState(rate_milli=510, decreased_at=NOW), 10, NOW) == 500


def test_a_throttle_decreases_the_rate_by_five_percent() -> None:
    assert gcra.compute_decreased_rate(DECREASED, 10, NOW) == 7_600


@pytest.mark.parametrize(("quota", "microseconds"), [(10, 100_000), (3, 333_334), (0.5, 2 * SECOND)])
def test_the_emission_interval_is_rounded_up(quota: float, microseconds: int) -> None:
    assert gcra.compute_emission_interval(RateLimitState(), quota, NOW) == microseconds


@pytest.mark.parametrize(("tat", "wait"), [(None, 0), (NOW, 0), (NOW + 2 * SECOND, 0), (NOW + 2 * SECOND + 1, 1)])
def test_the_wait_ends_when_the_next_call_is_within_the_lookahead(tat: int | None, wait: int) -> None:
    assert gcra.compute_wait(RateLimitState(tat), NOW, max_lookahead=2 * SECOND) == wait


@pytest.mark.parametrize(("open_until", "wait"), [(NOW + 7, 7), (NOW, 0), (NOW - 7, 0)])
def test_the_wait_for_an_open_circuit_ends_when_it_may_be_probed(open_until: int, wait: int) -> None:
    assert (
        gcra.compute_wait(RateLimitState(NOW + 9 * SECOND, open_until=open_until), NOW, max_lookahead=2 * SECOND)
        == wait
    )


@pytest.mark.parametrize(("unused_for", "idle"), [(gcra.BURST, False), (gcra.BURST + 1, True)])
def test_a_region_is_idle_when_its_whole_burst_is_available_again(unused_for: int, idle: bool) -> None:
    assert gcra.is_idle(RateLimitState(NOW - unused_for), NOW) is idle


def test_a_region_that_was_never_called_is_idle() -> None:
    assert gcra.is_idle(RateLimitState(), NOW)


def test_a_region_with_an_open_circuit_is_never_idle() -> None:
    assert not gcra.is_idle(RateLimitState(NOW - SECOND, open_until=NOW), NOW)
