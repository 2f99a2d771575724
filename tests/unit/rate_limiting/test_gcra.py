"""The arithmetic of the rate limit; times are in microseconds."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rekbridge_lambda.domain.rate_limits import QuotaShares, RateLimitState, TrafficClass
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


@pytest.mark.parametrize(
    ("quota", "share", "microseconds"), [(10, 0.5, 200_000), (10, 0.3, 333_334), (0.5, 0.5, 4 * SECOND)]
)
def test_the_emission_interval_of_a_share_is_rounded_up(quota: float, share: float, microseconds: int) -> None:
    assert gcra.compute_emission_interval(RateLimitState(), quota, share, NOW) == microseconds


@given(st.floats(0.05, 0.95), st.floats(0.1, 1000))
def test_both_shares_together_never_exceed_the_quota(workers: float, quota: float) -> None:
    shares = QuotaShares(workers)
    classes: list[TrafficClass] = ["workers", "api"]
    intervals = [gcra.compute_emission_interval(RateLimitState(), quota, shares.get_share(one), NOW) for one in classes]
    assert sum(Fraction(SECOND, interval) for interval in intervals) <= Fraction(quota) * (1 + Fraction(1, 10**12))


@given(st.floats(0.05, 0.95), st.floats(2, 1000))
def test_two_idle_shares_grant_no_more_calls_at_once_than_one_limit_would(workers: float, quota: float) -> None:
    shares, burst = QuotaShares(workers), gcra.compute_burst(RateLimitState(), quota, NOW)
    classes: list[TrafficClass] = ["workers", "api"]
    at_once = sum(
        burst // gcra.compute_emission_interval(RateLimitState(), quota, shares.get_share(one), NOW) + 1
        for one in classes
    )
    assert at_once <= gcra.BURST * quota / SECOND + 1


@pytest.mark.parametrize(("tat", "wait"), [(None, 0), (NOW, 0), (NOW + 2 * SECOND, 0), (NOW + 2 * SECOND + 1, 1)])
def test_the_wait_ends_when_the_next_call_is_within_the_lookahead(tat: int | None, wait: int) -> None:
    assert gcra.compute_wait(RateLimitState(tat), "workers", NOW, max_lookahead=2 * SECOND) == wait


@pytest.mark.parametrize(("open_until", "wait"), [(NOW + 7, 7), (NOW, 0), (NOW - 7, 0)])
def test_the_wait_for_an_open_circuit_ends_when_it_may_be_probed(open_until: int, wait: int) -> None:
    state = RateLimitState(NOW + 9 * SECOND, open_until=open_until)
    assert gcra.compute_wait(state, "workers", NOW, max_lookahead=2 * SECOND) == wait


@pytest.mark.parametrize(("unused_for", "idle"), [(gcra.BURST, False), (gcra.BURST + 1, True)])
def test_a_share_is_idle_when_its_whole_burst_is_available_again(unused_for: int, idle: bool) -> None:
    assert gcra.is_idle(RateLimitState(NOW - unused_for), "workers", gcra.BURST, seen_at=NOW, now=NOW) is idle


@pytest.mark.parametrize(("seen_before", "idle"), [(SECOND, False), (gcra.STATE_VALID_FOR + 1, True)])
def test_a_share_that_was_in_use_when_it_was_seen_is_idle_only_after_a_while(seen_before: int, idle: bool) -> None:
    seen_at = NOW - seen_before
    assert gcra.is_idle(RateLimitState(seen_at), "workers", gcra.BURST, seen_at, NOW) is idle


def test_a_share_that_was_never_used_is_idle() -> None:
    assert gcra.is_idle(RateLimitState(api_tat=NOW), "workers", gcra.BURST, NOW, NOW)


def test_a_region_with_an_open_circuit_is_never_idle() -> None:
    state = RateLimitState(NOW - SECOND, open_until=NOW)
    assert not gcra.is_idle(state, "workers", gcra.BURST, NOW, NOW)


NEAR, BORROW, FAR = gcra.NEAR_LOOKAHEAD, gcra.BORROW_LOOKAHEAD, 2 * SECOND


@pytest.mark.parametrize(
    ("own", "other", "choice"),
    [
        (0, 0, ("workers", NEAR)),
        (-1, 0, ("workers", NEAR)),
        (0, -1, ("api", BORROW)),
        (NEAR, BORROW, ("api", BORROW)),
        (NEAR, BORROW + 1, ("workers", NEAR)),
        (NEAR + 1, BORROW + 1, ("workers", FAR)),
        (FAR + 1, BORROW, ("api", BORROW)),
        (FAR + 1, BORROW + 1, None),
    ],
)
def test_the_earlier_of_two_near_calls_is_chosen_and_the_other_share_never_looked_far_into(
    own: int, other: int, choice: tuple[str, int] | None
) -> None:
    assert gcra.choose_share(RateLimitState(NOW + own, NOW + other), "workers", NOW, FAR) == choice


def test_the_least_wait_is_that_of_the_share_that_is_free_first() -> None:
    state = RateLimitState(NOW + FAR + 9, NOW + BORROW + 5)
    assert gcra.compute_least_wait(state, "workers", NOW, FAR) == 5
