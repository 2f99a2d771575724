"""48 workers at one item of DynamoDB Local, their clocks up to a fifth of a second wrong."""

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
from rekbridge_lambda.adapters.dynamodb.claims import LedgerTable
from rekbridge_lambda.domain.claims import MOST_ATTEMPTS, Claim
from rekbridge_lambda.domain.errors import ClaimHeld, OutOfAttempts, Throttled
from rekbridge_lambda.domain.operations import Planned
from rekbridge_lambda.rate_limiting import state
from rekbridge_lambda.rate_limiting.limiter import SharedPace
from rekbridge_lambda.rate_limiting.state import SECOND, Lane, Slot
from rekbridge_lambda.rate_limiting.table import PaceTable

from tests.builders import HOME, MINUTE, NOW, REMOTE, attempt, planned
from tests.contract.cloud import Cloud

WORKERS = 48
SKEW_MS = 200
RATE, RUN_S = 50, 10
KEY = "image/p1/labels/0123456789abcdef-e1.json"
LANE = "faces", REMOTE


@pytest.fixture(scope="module")
def cloud(dynamodb_local: Any) -> Iterator[Cloud]:
    cloud = Cloud({"dynamodb": dynamodb_local})
    yield cloud
    cloud.forget_tables()


@dataclass
class Witness(PaceTable):
    """The pace table; keeps every lane's time as a granted slot has left it, and the moment after."""

    dynamodb: Any
    table: str
    granted: list[tuple[int, int]] = field(default_factory=list)

    def change(self, *told: Any) -> tuple[bool, Lane]:
        made, lane = super().change(*told)
        if made:
            self.granted.append((lane.tat or 0, micros()))
        return made, lane


@dataclass
class Run:
    """What the workers got: each slot with when it is used by the true clock; times in microseconds."""

    began: int
    ended: int = 0
    slots: list[tuple[Slot, int]] = field(default_factory=list)
    granted: list[tuple[int, int]] = field(default_factory=list)
    full: int = 0


def micros() -> int:
    return time.time_ns() // 1000


def skew(worker: int) -> int:
    """Milliseconds by which a worker's clock is wrong."""
    return round(SKEW_MS * (2 * worker / (WORKERS - 1) - 1))


def together[T](work: Callable[[int], T]) -> list[T]:
    """Every worker at once."""
    start = Barrier(WORKERS)

    def begin(worker: int) -> T:
        start.wait()
        return work(worker)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(begin, range(WORKERS)))


@pytest.fixture(scope="module")
def run(cloud: Cloud) -> Run:
    """Every worker takes slots as fast as it can for some seconds, and asks again as soon as it was told to wait."""
    store = Witness(cloud.client("dynamodb"), cloud.pace())
    run, plan = Run(began=micros()), planned("faces")

    def work(worker: int) -> None:
        wrong = skew(worker)
        taking = SharedPace(HOME, state.WORKER_AHEAD, store, lambda: micros() // 1000 + wrong, Random(worker).random)
        while micros() < run.began + RUN_S * SECOND:
            take(taking, plan, wrong)

    def take(taking: SharedPace, plan: Planned, wrong: int) -> None:
        try:
            slot = taking.place(plan)
        except Throttled as full:
            run.full += 1
            time.sleep(full.retry_in or 0)
        else:
            run.slots.append((slot, slot.at - 1000 * wrong))

    together(work)
    run.ended, run.granted = micros(), sorted(store.granted)
    return run


def test_no_two_slots_are_alike(run: Run) -> None:
    assert run.full > WORKERS
    assert len(run.slots) == len(run.granted) == len(dict(run.granted)) > RATE * RUN_S


def test_the_slot_after_one_that_lay_ahead_of_every_clock_is_an_interval_later(run: Run) -> None:
    # Where a busy machine has left the lane behind a clock, slots are given up; nowhere else.
    apart = [
        later - before for (before, _), (later, moment) in pairwise(run.granted) if before > moment + SKEW_MS * 1000
    ]
    assert len(apart) > WORKERS
    assert set(apart) == {state.interval(Lane(), RATE, run.ended)}


def test_calls_never_come_faster_than_the_rate_by_more_than_the_burst_and_the_wrong_clocks(run: Run) -> None:
    times = sorted(at for _, at in run.slots)
    spare = state.BURST + 2 * SKEW_MS * 1000
    for first, begin in enumerate(times):
        for many, end in enumerate(times[first:], 1):
            assert many <= RATE * (end - begin + spare) / SECOND + 1


def test_nobody_takes_slots_further_ahead_than_may_be(run: Run) -> None:
    reach = run.ended + SKEW_MS * 1000 + state.WORKER_AHEAD
    # A slot is granted where the lane's time lay within reach, and has then moved that time on.
    assert run.granted[-1][0] <= reach + state.interval(Lane(), RATE, run.ended)


def test_one_of_all_opens_the_breaker_and_one_gets_the_probe(cloud: Cloud) -> None:
    store = PaceTable(cloud.client("dynamodb"), cloud.pace())
    opened = together(lambda worker: store.open(*LANE, until=NOW + worker, seen=None)[0])
    [lane] = store.lanes([LANE]).values()
    assert lane.open_until is not None
    seen = lane.open_until
    probes = together(lambda worker: store.probe(*LANE, until=NOW + SECOND + worker, seen=seen)[0])
    assert (sum(opened), sum(probes)) == (1, 1)


def test_one_of_all_gets_the_claim_on_a_result(cloud: Cloud) -> None:
    ledger = LedgerTable(cloud.client("dynamodb"), cloud.ledger())

    def claim(worker: int) -> str:
        try:
            return type(ledger.claim(KEY, attempt(NOW + skew(worker)), NOW + MINUTE)).__name__
        except ClaimHeld:
            return "ClaimHeld"

    assert Counter(together(claim)) == {"Claim": 1, "ClaimHeld": WORKERS - 1}


def test_all_together_make_five_attempts_at_most_and_never_two_at_a_time(cloud: Cloud) -> None:
    ledger, calling = LedgerTable(cloud.client("dynamodb"), cloud.ledger()), Lock()

    def call(claim: Claim) -> None:
        assert calling.acquire(blocking=False)
        time.sleep(0.05)
        calling.release()
        ledger.settle(claim, "failed", "no answer")

    def insist(worker: int) -> int:
        paid = 0
        while True:
            try:
                claim = ledger.claim(KEY, attempt(micros() // 1000), micros() // 1000 + MINUTE)
            except ClaimHeld:
                continue
            except OutOfAttempts:
                return paid
            paid += 1
            call(claim)

    assert sum(together(insist)) == MOST_ATTEMPTS
