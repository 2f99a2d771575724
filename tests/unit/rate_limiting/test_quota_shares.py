"""Uploads and the API are each guaranteed a share of every quota; what one leaves, the other may use."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rekbridge_lambda.domain.rate_limits import Reservation, TrafficClass
from rekbridge_lambda.rate_limiting import gcra
from rekbridge_lambda.rate_limiting.gcra import SECOND
from rekbridge_lambda.rate_limiting.limiter import RegionRateLimiter

from tests.fakes import FakeClock, FakeRateLimitStore
from tests.performance._limiter_scenarios import Length
from tests.performance._shared_quota import TWO_EQUAL, simulate
from tests.unit.rate_limiting.workers import make_faces_operation, make_limiter, reserve_all, try_reserve

QUOTA = 50.0
CLASSES: tuple[TrafficClass, TrafficClass] = ("workers", "api")


def flood(limiter: RegionRateLimiter, now: FakeClock, seconds: int) -> list[Reservation]:
    """Reserve all that there is, every 20 ms."""
    operation, reservations = make_faces_operation(eu_west_1=QUOTA), list[Reservation]()
    for _ in range(seconds * 50):
        now.at += 20
        reservations += reserve_all(limiter, operation)
    return reservations


@pytest.fixture
def now() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store() -> FakeRateLimitStore:
    return FakeRateLimitStore()


@pytest.mark.parametrize("flooding", CLASSES)
def test_a_flood_of_one_class_delays_a_call_of_the_other_by_no_more_than_a_borrowed_call(
    store: FakeRateLimitStore, now: FakeClock, flooding: TrafficClass
) -> None:
    flood(make_limiter(store, now, flooding), now, seconds=8)
    call = make_limiter(store, now, gcra.OTHER_CLASS[flooding]).reserve(make_faces_operation(eu_west_1=QUOTA))
    assert call.at - call.issued_at <= gcra.BORROW_LOOKAHEAD + 2 * SECOND / QUOTA


@pytest.mark.parametrize("flooding", CLASSES)
def test_one_class_alone_gets_the_whole_quota(
    store: FakeRateLimitStore, now: FakeClock, flooding: TrafficClass
) -> None:
    calls = flood(make_limiter(store, now, flooding), now, seconds=20)
    lookahead_s = gcra.MAX_LOOKAHEAD[flooding] / SECOND
    assert 20 * QUOTA <= len(calls) <= (20 + lookahead_s + gcra.BURST / SECOND) * QUOTA


@pytest.mark.parametrize("worker_share", [0.05, 0.5, 0.8])
def test_two_floods_get_their_shares_within_one_percent(
    store: FakeRateLimitStore, now: FakeClock, worker_share: float
) -> None:
    operation = make_faces_operation(eu_west_1=QUOTA)
    limiters = [make_limiter(store, now, one, worker_share) for one in CLASSES]
    counts, started_at = Counter[int](), now.at
    while now.at < started_at + 60_000:
        now.at += 40
        for index, limiter in enumerate(limiters):
            calls = reserve_all(limiter, operation)
            counts[index] += len(calls) if now.at > started_at + 20_000 else 0
    for index, share in enumerate((worker_share, 1 - worker_share)):
        assert counts[index] == pytest.approx(40 * QUOTA * share, rel=0.01, abs=2)


@given(st.integers(0, 2**32), st.floats(0.05, 0.95), st.sampled_from([2.0, 5.0, 50.0]))
@settings(deadline=None, max_examples=15)
def test_no_interleaving_of_processes_exceeds_the_quota_in_any_window(
    seed: int, worker_share: float, quota: float
) -> None:
    rng, now, store = Random(seed), FakeClock(), FakeRateLimitStore()
    limiters = [make_limiter(store, now, one, worker_share, seed=number) for number in range(3) for one in CLASSES]
    operation, times = make_faces_operation(eu_west_1=quota), list[int]()
    for _ in range(150):
        now.at += rng.choice([0, 0, 1, 20, 200, 1500])
        times += [call.at for call in try_reserve(rng.choice(limiters), operation)]
    times.sort()
    tolerance = gcra.BURST + SECOND / quota
    for first, begin in enumerate(times):
        for count, end in enumerate(times[first:], 1):
            assert count <= quota * (end - begin + tolerance) / SECOND + 1e-6


def test_a_decreased_rate_is_divided_alike(store: FakeRateLimitStore, now: FakeClock) -> None:
    limiters = [make_limiter(store, now, one) for one in CLASSES]
    operation = make_faces_operation(eu_west_1=QUOTA)
    for _ in range(30):
        limiters[0].report_throttle(limiters[0].reserve(operation))
        now.at += 2000
    calls = [len(flood(limiter, now, seconds=1)) for limiter in limiters]
    rate = gcra.compute_rate(store["faces", "eu-west-1"], QUOTA, now() * 1000)
    assert rate < 0.7 * QUOTA
    assert calls[1] >= 0.5 * rate * 5


def test_an_open_circuit_stops_both_classes(store: FakeRateLimitStore, now: FakeClock) -> None:
    workers, api = (make_limiter(store, now, one) for one in CLASSES)
    operation = make_faces_operation(eu_west_1=QUOTA)
    for _ in range(gcra.FAILURES_TO_OPEN):
        api.report_failure(api.reserve(operation))
    assert try_reserve(workers, operation) == []
    now.at += 30_000
    assert [call.is_probe for call in try_reserve(workers, operation) + try_reserve(api, operation)] == [True]


def test_in_virtual_time_each_class_gets_its_share_while_both_demand_more_than_the_quota() -> None:
    # The benchmark requires 0.99, over a minute.
    result = simulate(TWO_EQUAL, 1.2, 1.2, Length(20, 12, (1,)))
    assert result.compute_share(result.workers) >= 0.95 * 0.5
    assert result.compute_share(result.api) >= 0.95 * 0.5
    assert result.compute_per_done("throttles") == 0
