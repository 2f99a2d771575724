"""Region choice and reservations: home first, then by rate and weight; no reservation twice."""

from collections import Counter

import pytest
from rekbridge_lambda.domain.errors import Throttled
from rekbridge_lambda.domain.rate_limits import RateLimitState, TrafficClass
from rekbridge_lambda.rate_limiting import gcra
from rekbridge_lambda.rate_limiting.gcra import NEAR_LOOKAHEAD, SECOND
from rekbridge_lambda.rate_limiting.limiter import RegionRateLimiter

from tests.builders import HOME
from tests.fakes import FakeClock, FakeRateLimitStore
from tests.unit.rate_limiting.workers import (
    FRANKFURT,
    IRELAND,
    make_faces_operation,
    make_limiter,
    reserve_all,
    try_reserve,
)


def test_an_idle_region_grants_half_a_second_of_quota_at_once_and_then_the_rate_of_the_share(
    worker: RegionRateLimiter,
) -> None:
    reservations = reserve_all(worker, make_faces_operation(eu_west_1=10))
    at = [reservation.at - reservations[0].issued_at for reservation in reservations]
    assert at[:6] == [0] * 6
    assert at[6:] == [200_000 * number for number in range(1, 11)]


def test_no_two_workers_get_the_same_reservation(
    worker: RegionRateLimiter, store: FakeRateLimitStore, now: FakeClock
) -> None:
    limiters = [worker, make_limiter(store, now), make_limiter(store, now)]
    operation = make_faces_operation(eu_west_1=10)
    reserved_times = [
        reservation.at
        for limiter in limiters * 20
        for reservation in try_reserve(limiter, operation)
        if reservation.at > reservation.issued_at
    ]
    assert len(set(reserved_times)) == len(reserved_times) == 10


def test_when_every_region_is_full_the_error_has_the_wait(worker: RegionRateLimiter) -> None:
    operation = make_faces_operation(eu_west_1=2)
    reserve_all(worker, operation)
    with pytest.raises(Throttled, match="full or down for faces: eu-west-1") as error:
        worker.reserve(operation)
    assert error.value.retry_in == pytest.approx(0.9)


def test_the_error_has_the_shortest_wait_of_all_regions(worker: RegionRateLimiter) -> None:
    operation = make_faces_operation(eu_west_1=2, eu_central_1=10)
    reserve_all(worker, operation)
    with pytest.raises(Throttled) as error:
        worker.reserve(operation)
    assert error.value.retry_in == pytest.approx(0.1)


def test_a_region_that_is_cached_as_full_costs_no_write(worker: RegionRateLimiter, store: FakeRateLimitStore) -> None:
    operation = make_faces_operation(eu_west_1=10)
    reserve_all(worker, operation)
    writes = store.writes
    try_reserve(worker, operation)
    assert store.writes == writes


def test_a_reservation_costs_one_write_while_the_cached_state_is_current(
    worker: RegionRateLimiter, store: FakeRateLimitStore
) -> None:
    operation = make_faces_operation(eu_west_1=10)
    worker.reserve(operation)
    writes = store.writes
    worker.reserve(operation)
    assert store.writes == writes + 1


def test_the_api_looks_further_ahead_than_workers(store: FakeRateLimitStore, now: FakeClock) -> None:
    operation = make_faces_operation(eu_west_1=10)
    [worker_end, api_end] = [
        max(call.at - call.issued_at for call in reserve_all(make_limiter(store, now, one), operation))
        for one in gcra.MAX_LOOKAHEAD
    ]
    assert (worker_end, api_end) == (2 * SECOND, 5 * SECOND)


def test_home_comes_first_while_its_next_reservation_is_near(worker: RegionRateLimiter) -> None:
    operation = make_faces_operation(eu_west_3=10, eu_west_1=10)
    regions = [reservation.region for reservation in reserve_all(worker, operation)]
    assert regions[:11] == [HOME] * 11
    assert Counter(regions) == {HOME: 16, IRELAND: 16}


def test_a_near_reservation_is_preferred_to_waiting_for_another_region(
    worker: RegionRateLimiter, now: FakeClock
) -> None:
    # The weighted random order alone would send every call to Ireland.
    operation = make_faces_operation({IRELAND: 1e6}, eu_west_1=10, eu_central_1=10)
    reserve_all(worker, operation)
    now.at += 60_000
    assert (
        max(reservation.at - reservation.issued_at for reservation in reserve_all(worker, operation)[:14])
        <= NEAR_LOOKAHEAD
    )


def test_a_worker_that_loses_the_race_for_a_new_state_gets_the_next_reservation(now: FakeClock) -> None:
    class RacingStore(FakeRateLimitStore):
        def restart(
            self, operation: str, region: str, share_of: TrafficClass, tat: int, idle_before: int
        ) -> tuple[bool, RateLimitState]:
            super().restart(operation, region, share_of, tat, idle_before)
            return super().restart(operation, region, share_of, tat, idle_before)

    assert make_limiter(RacingStore(), now).reserve(make_faces_operation(eu_west_1=10)).at == now() * 1000


def test_an_operation_that_home_does_not_have_goes_to_another_region(worker: RegionRateLimiter) -> None:
    assert worker.reserve(make_faces_operation(eu_west_1=10)).region == IRELAND


@pytest.mark.parametrize(("weights", "share"), [({}, 0.8), ({FRANKFURT: 4.0}, 0.5)])
def test_the_overflow_is_distributed_by_rate_and_weight(
    store: FakeRateLimitStore, now: FakeClock, weights: dict[str, float], share: float
) -> None:
    operation, worker = make_faces_operation(weights, eu_west_1=40, eu_central_1=10), make_limiter(store, now)
    counts = Counter[str]()
    for _ in range(600):
        now.at += 1000
        counts[worker.reserve(operation).region] += 1
    assert counts[IRELAND] / 600 == pytest.approx(share, abs=0.06)


def test_every_region_is_full_before_a_worker_has_to_wait(worker: RegionRateLimiter) -> None:
    counts = Counter(
        reservation.region
        for reservation in reserve_all(worker, make_faces_operation(eu_west_1=50, eu_central_1=10, eu_west_2=4))
    )
    assert counts == {IRELAND: 78, FRANKFURT: 16, "eu-west-2": 6}


@pytest.mark.parametrize("skew", [-200, 200])
def test_a_clock_skew_of_a_fifth_of_a_second_adds_no_more_calls_than_that(
    store: FakeRateLimitStore, now: FakeClock, skew: int
) -> None:
    skewed_clock, operation = FakeClock(), make_faces_operation(eu_west_1=50)
    limiter, skewed_limiter = make_limiter(store, now), make_limiter(store, skewed_clock)
    reserved = 0
    for _ in range(2000):
        now.at += 5
        skewed_clock.at = now.at + skew
        reserved += len(try_reserve(limiter, operation)) + len(try_reserve(skewed_limiter, operation))
    max_reserved = 50 * (10 + (gcra.BURST + gcra.MAX_LOOKAHEAD["workers"]) / SECOND + 0.2)
    assert 500 <= reserved <= max_reserved + 2
