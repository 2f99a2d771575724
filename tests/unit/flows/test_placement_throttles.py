"""What throttles teach all workers."""

import pytest
from rekbridge_lambda.rate_limiting import state
from rekbridge_lambda.rate_limiting.limiter import SharedPace

from tests.fakes import FakeClock, FakePaceStore
from tests.unit.flows.workers import IRELAND, all_slots, another, faces


def test_a_throttle_slows_everybody_down(worker: SharedPace, store: FakePaceStore, now: FakeClock) -> None:
    plan = faces(eu_west_1=10)
    worker.throttled(worker.place(plan))
    now.at += 10_000
    fresh = another(store, now)
    fresh.place(plan)
    assert state.rate(fresh.seen["faces", IRELAND], 10, now() * 1000) == pytest.approx(9.75)


def test_many_throttles_in_one_second_count_as_one(worker: SharedPace, store: FakePaceStore) -> None:
    slots = all_slots(worker, faces(eu_west_1=10))
    for slot in slots:
        worker.throttled(slot)
    assert store["faces", IRELAND].rate_milli == 9500


def test_a_throttle_of_a_slot_from_before_the_cut_teaches_nothing(
    worker: SharedPace, store: FakePaceStore, now: FakeClock
) -> None:
    early, late = worker.place(faces()), worker.place(faces())
    now.at += 1
    worker.throttled(early)
    now.at += 5000
    worker.throttled(late)
    assert store["faces", IRELAND].rate_milli == 9500


def test_the_rate_comes_back_by_itself(worker: SharedPace, now: FakeClock) -> None:
    worker.throttled(worker.place(faces()))
    now.at += 20_000
    assert state.rate(worker.seen["faces", IRELAND], 10, now() * 1000) == 10


def test_no_throttle_stops_a_region_for_good(worker: SharedPace, now: FakeClock) -> None:
    for _ in range(200):
        worker.throttled(worker.place(faces()))
        now.at += 3000
    assert state.rate(worker.seen["faces", IRELAND], 10, now() * 1000) >= 0.5
