"""48 workers that use one item of DynamoDB Local at once, with clocks that are wrong by up to 0.2 s."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from threading import Barrier, Lock
from typing import Any

import pytest
from rekbridge_lambda.adapters.dynamodb.claims import ClaimsTable
from rekbridge_lambda.domain.claims import MAX_ATTEMPTS, Claim
from rekbridge_lambda.domain.errors import ClaimHeld, OutOfAttempts, Throttled
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.domain.rate_limits import QuotaShares, RateLimitState, Reservation, TrafficClass
from rekbridge_lambda.rate_limiting import gcra
from rekbridge_lambda.rate_limiting.gcra import SECOND
from rekbridge_lambda.rate_limiting.limiter import RegionRateLimiter
from rekbridge_lambda.rate_limiting.table import RateLimitTable

from tests.builders import HOME, MINUTE, NOW, REMOTE, make_attempt, make_operation
from tests.contract.cloud import Cloud

WORKERS = 48
SKEW_MS = 200
RATE, RUN_S = 50, 10
SHARES = QuotaShares(workers=0.5)
KEY = ResultKey("image/p1/labels/0123456789abcdef-e1.json")
FACES = "faces", REMOTE


@pytest.fixture(scope="module")
def cloud(dynamodb_local: Any) -> Iterator[Cloud]:
    cloud = Cloud({"dynamodb": dynamodb_local})
    yield cloud
    cloud.delete_tables()


@dataclass
class RecordingTable(RateLimitTable):
    """The rate limit table. Records the time of the changed share after each reservation, and when that was (µs)."""

    dynamodb: Any
    table: str
    granted: dict[TrafficClass, list[tuple[int, int]]] = field(default_factory=lambda: {"workers": [], "api": []})

    def update_if(self, *change: Any) -> tuple[bool, RateLimitState]:
        was_made, state = super().update_if(*change)
        share_of: TrafficClass = "api" if "api_tat" in change[2] else "workers"
        if was_made:
            self.granted[share_of].append((state.get_tat(share_of) or 0, read_clock_us()))
        return was_made, state


@dataclass
class ContentionRun:
    """All reservations, each with the true time at which it is used. Times in microseconds."""

    began: int
    ended: int = 0
    reservations: list[tuple[Reservation, int]] = field(default_factory=list)
    granted: dict[TrafficClass, list[tuple[int, int]]] = field(default_factory=dict)
    full: int = 0


def read_clock_us() -> int:
    return time.time_ns() // 1000


def compute_clock_error_ms(worker: int) -> int:
    """The error of a worker's clock, in milliseconds."""
    return round(SKEW_MS * (2 * worker / (WORKERS - 1) - 1))


def run_workers[T](work: Callable[[int], T]) -> list[T]:
    """Starts all workers at the same moment. Returns their results."""
    start = Barrier(WORKERS)

    def begin(worker: int) -> T:
        start.wait()
        return work(worker)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(begin, range(WORKERS)))


@pytest.fixture(scope="module")
def run(cloud: Cloud) -> ContentionRun:
    """For some seconds every worker makes reservations as fast as it can, and retries as soon as it may."""
    store = RecordingTable(cloud.client("dynamodb"), cloud.create_rate_limit_table())
    run, operation = ContentionRun(began=read_clock_us()), make_operation("faces")

    def work(worker: int) -> None:
        clock_error_ms = compute_clock_error_ms(worker)
        limiter = RegionRateLimiter(
            HOME,
            "workers",
            SHARES,
            store,
            lambda: read_clock_us() // 1000 + clock_error_ms,
            Random(worker).random,
        )
        while read_clock_us() < run.began + RUN_S * SECOND:
            reserve(limiter, clock_error_ms)

    def reserve(limiter: RegionRateLimiter, clock_error_ms: int) -> None:
        try:
            reservation = limiter.reserve(operation)
        except Throttled as full:
            run.full += 1
            time.sleep(full.retry_in or 0)
        else:
            run.reservations.append((reservation, reservation.at - 1000 * clock_error_ms))

    run_workers(work)
    run.ended = read_clock_us()
    run.granted = {share_of: sorted(granted) for share_of, granted in store.granted.items()}
    return run


def test_no_two_reservations_are_equal(run: ContentionRun) -> None:
    assert run.full > WORKERS
    assert len(run.reservations) == sum(len(dict(granted)) for granted in run.granted.values()) > RATE * RUN_S


def test_a_reservation_after_one_ahead_of_every_clock_is_one_emission_interval_later(run: ContentionRun) -> None:
    # On a slow machine the state's time may fall behind a clock, and then skips intervals: such pairs are left out.
    apart = [
        later - before
        for (before, _), (later, moment) in pairwise(run.granted["workers"])
        if before > moment + SKEW_MS * 1000
    ]
    assert len(apart) > WORKERS
    assert set(apart) == {gcra.compute_emission_interval(RateLimitState(), RATE, SHARES.workers, run.ended)}


def test_calls_exceed_the_rate_by_at_most_the_burst_and_the_clock_errors(run: ContentionRun) -> None:
    times = sorted(at for _, at in run.reservations)
    tolerance = gcra.BURST + 2 * SKEW_MS * 1000
    for first, begin in enumerate(times):
        for count, end in enumerate(times[first:], 1):
            assert count <= RATE * (end - begin + tolerance) / SECOND + 1


def test_no_reservation_is_further_ahead_than_the_max_lookahead(run: ContentionRun) -> None:
    # A reservation is granted while the share's time is within the lookahead, and then advances that time.
    lookaheads: dict[TrafficClass, int] = {"workers": gcra.MAX_LOOKAHEAD["workers"], "api": gcra.BORROW_LOOKAHEAD}
    for share_of, lookahead in lookaheads.items():
        interval = gcra.compute_emission_interval(RateLimitState(), RATE, SHARES.get_share(share_of), run.ended)
        assert run.granted[share_of][-1][0] <= run.ended + SKEW_MS * 1000 + lookahead + interval


def test_one_worker_opens_the_circuit_breaker_and_one_gets_the_probe(cloud: Cloud) -> None:
    store = RateLimitTable(cloud.client("dynamodb"), cloud.create_rate_limit_table())
    opened = run_workers(lambda worker: store.open_circuit(*FACES, until=NOW + worker, expected=None)[0])
    [state] = store.load_states([FACES]).values()
    open_until = state.open_until
    assert open_until is not None
    probes = run_workers(lambda worker: store.claim_probe(*FACES, until=NOW + SECOND + worker, expected=open_until)[0])
    assert (sum(opened), sum(probes)) == (1, 1)


def test_one_worker_gets_the_claim_on_a_result(cloud: Cloud) -> None:
    claims = ClaimsTable(cloud.client("dynamodb"), cloud.create_claims_table())

    def claim(worker: int) -> str:
        try:
            return type(claims.claim(KEY, make_attempt(NOW + compute_clock_error_ms(worker)), NOW + MINUTE)).__name__
        except ClaimHeld:
            return "ClaimHeld"

    assert Counter(run_workers(claim)) == {"Claim": 1, "ClaimHeld": WORKERS - 1}


def test_all_workers_together_make_at_most_five_attempts_and_never_two_at_once(cloud: Cloud) -> None:
    claims, calling = ClaimsTable(cloud.client("dynamodb"), cloud.create_claims_table()), Lock()

    def call(claim: Claim) -> None:
        assert calling.acquire(blocking=False)
        time.sleep(0.05)
        calling.release()
        claims.complete(claim, "failed", "no answer")

    def call_until_out_of_attempts(worker: int) -> int:
        paid = 0
        while True:
            try:
                claim = claims.claim(KEY, make_attempt(read_clock_us() // 1000), read_clock_us() // 1000 + MINUTE)
            except ClaimHeld:
                continue
            except OutOfAttempts:
                return paid
            paid += 1
            call(claim)

    assert sum(run_workers(call_until_out_of_attempts)) == MAX_ATTEMPTS
