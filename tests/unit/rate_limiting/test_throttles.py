"""A throttle decreases the rate for all workers; it recovers with time."""

import pytest
from rekbridge_lambda.rate_limiting import gcra
from rekbridge_lambda.rate_limiting.limiter import RegionRateLimiter

from tests.fakes import FakeClock, FakeRateLimitStore
from tests.unit.rate_limiting.workers import IRELAND, make_faces_operation, make_limiter, reserve_all


def test_a_throttle_decreases_the_rate_of_every_worker(
    worker: RegionRateLimiter, store: FakeRateLimitStore, now: FakeClock
) -> None:
    operation = make_faces_operation(eu_west_1=10)
    worker.report_throttle(worker.reserve(operation))
    now.at += 10_000
    other_worker = make_limiter(store, now)
    other_worker.reserve(operation)
    assert gcra.compute_rate(other_worker.cache["faces", IRELAND], 10, now() * 1000) == pytest.approx(9.75)


def test_many_throttles_in_one_second_count_as_one(worker: RegionRateLimiter, store: FakeRateLimitStore) -> None:
    reservations = reserve_all(worker, make_faces_operation(eu_west_1=10))
    for reservation in reservations:
        worker.report_throttle(reservation)
    assert store["faces", IRELAND].rate_milli == 9500


def test_a_throttle_of_a_call_reserved_before_the_last_decrease_is_ignored(
    worker: RegionRateLimiter, store: FakeRateLimitStore, now: FakeClock
) -> None:
    early, late = worker.reserve(make_faces_operation()), worker.reserve(make_faces_operation())
    now.at += 1
    worker.report_throttle(early)
    now.at += 5000
    worker.report_throttle(late)
    assert store["faces", IRELAND].rate_milli == 9500


def test_the_rate_recovers_with_time(worker: RegionRateLimiter, now: FakeClock) -> None:
    worker.report_throttle(worker.reserve(make_faces_operation()))
    now.at += 20_000
    assert gcra.compute_rate(worker.cache["faces", IRELAND], 10, now() * 1000) == 10


def test_the_rate_never_falls_below_its_minimum(worker: RegionRateLimiter, now: FakeClock) -> None:
    for _ in range(200):
        worker.report_throttle(worker.reserve(make_faces_operation()))
        now.at += 3000
    assert gcra.compute_rate(worker.cache["faces", IRELAND], 10, now() * 1000) >= 0.5
