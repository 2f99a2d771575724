"""Circuit breaker: no worker calls a region that fails or refuses, except for probes."""

from collections.abc import Callable

import pytest
from rekbridge_lambda.domain.errors import Throttled
from rekbridge_lambda.domain.rate_limits import Reservation
from rekbridge_lambda.rate_limiting.limiter import RegionRateLimiter

from tests.fakes import FakeClock, FakeRateLimitStore
from tests.unit.rate_limiting.workers import (
    FRANKFURT,
    IRELAND,
    make_faces_operation,
    make_limiter,
    report_failures,
    reserve_all,
    try_reserve,
)


def test_three_failures_in_a_row_open_the_circuit_for_every_worker(
    worker: RegionRateLimiter, store: FakeRateLimitStore, now: FakeClock
) -> None:
    report_failures(worker, make_faces_operation(), 3)
    with pytest.raises(Throttled) as error:
        make_limiter(store, now).reserve(make_faces_operation())
    assert error.value.retry_in == 30


def test_a_success_resets_the_failure_count(worker: RegionRateLimiter) -> None:
    report_failures(worker, make_faces_operation(), 2)
    worker.report_success(worker.reserve(make_faces_operation()))
    report_failures(worker, make_faces_operation(), 2)
    assert worker.reserve(make_faces_operation()).region == IRELAND


def test_calls_go_to_another_region_while_a_circuit_is_open(
    worker: RegionRateLimiter, store: FakeRateLimitStore, now: FakeClock
) -> None:
    report_failures(worker, make_faces_operation(eu_west_1=10), 3)
    regions = {
        reservation.region
        for reservation in reserve_all(make_limiter(store, now), make_faces_operation(eu_west_1=10, eu_central_1=10))
    }
    assert regions == {FRANKFURT}


def test_one_refusal_opens_the_circuit_for_five_minutes(worker: RegionRateLimiter, now: FakeClock) -> None:
    worker.report_refusal(worker.reserve(make_faces_operation()))
    now.at += 299_999
    assert not try_reserve(worker, make_faces_operation())
    now.at += 1
    assert try_reserve(worker, make_faces_operation())[0].is_probe


def test_a_half_open_circuit_grants_a_single_probe(
    worker: RegionRateLimiter, store: FakeRateLimitStore, now: FakeClock
) -> None:
    report_failures(worker, make_faces_operation(), 3)
    now.at += 30_000
    others = [make_limiter(store, now) for _ in range(5)]
    probes = [
        reservation for limiter in [worker, *others] for reservation in try_reserve(limiter, make_faces_operation())
    ]
    assert [reservation.is_probe for reservation in probes] == [True]


def test_a_successful_probe_closes_the_circuit_for_every_worker(
    worker: RegionRateLimiter, store: FakeRateLimitStore, now: FakeClock
) -> None:
    report_failures(worker, make_faces_operation(), 3)
    now.at += 30_000
    worker.report_success(worker.reserve(make_faces_operation()))
    assert len(reserve_all(make_limiter(store, now), make_faces_operation(eu_west_1=10))) == 16


@pytest.mark.parametrize(
    ("report", "seconds"), [(RegionRateLimiter.report_failure, 30), (RegionRateLimiter.report_refusal, 300)]
)
def test_a_failed_probe_opens_the_circuit_again_from_its_end(
    worker: RegionRateLimiter, now: FakeClock, report: Callable[[RegionRateLimiter, Reservation], None], seconds: int
) -> None:
    report_failures(worker, make_faces_operation(), 3)
    now.at += 30_000
    probe = worker.reserve(make_faces_operation())
    now.at += 10_000
    report(worker, probe)
    assert get_open_time_s(worker) == seconds


def test_failures_of_calls_from_before_the_opening_do_not_extend_it(worker: RegionRateLimiter, now: FakeClock) -> None:
    reservations = [worker.reserve(make_faces_operation()) for _ in range(6)]
    for reservation in reservations[:3]:
        worker.report_failure(reservation)
    now.at += 10_000
    for reservation in reservations[3:]:
        worker.report_failure(reservation)
    assert get_open_time_s(worker) == 20


def get_open_time_s(worker: RegionRateLimiter) -> float | None:
    with pytest.raises(Throttled) as error:
        worker.reserve(make_faces_operation())
    return error.value.retry_in


def test_a_probe_whose_worker_was_killed_is_granted_again(
    worker: RegionRateLimiter, store: FakeRateLimitStore, now: FakeClock
) -> None:
    report_failures(worker, make_faces_operation(), 3)
    now.at += 30_000
    worker.reserve(make_faces_operation())
    now.at += 30_000
    assert make_limiter(store, now).reserve(make_faces_operation()).is_probe


def test_a_throttled_probe_closes_the_circuit(worker: RegionRateLimiter, now: FakeClock) -> None:
    report_failures(worker, make_faces_operation(), 3)
    now.at += 30_000
    worker.report_throttle(worker.reserve(make_faces_operation()))
    assert not worker.reserve(make_faces_operation()).is_probe
