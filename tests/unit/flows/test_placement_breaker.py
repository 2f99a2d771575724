"""Regions that fail or refuse are left alone, by all workers."""

from collections.abc import Callable

import pytest
from rekbridge_lambda.domain.errors import Throttled
from rekbridge_lambda.rate_limiting.limiter import SharedPace
from rekbridge_lambda.rate_limiting.state import Slot

from tests.fakes import FakeClock, FakePaceStore
from tests.unit.flows.workers import FRANKFURT, IRELAND, all_slots, another, faces, fail, take


def test_three_failures_in_a_row_close_a_region_to_everybody(
    worker: SharedPace, store: FakePaceStore, now: FakeClock
) -> None:
    fail(worker, faces(), 3)
    with pytest.raises(Throttled) as down:
        another(store, now).place(faces())
    assert down.value.retry_in == 30


def test_an_answer_in_between_forgets_the_failures(worker: SharedPace) -> None:
    fail(worker, faces(), 2)
    worker.answered(worker.place(faces()))
    fail(worker, faces(), 2)
    assert worker.place(faces()).region == IRELAND


def test_a_region_that_is_down_costs_nobody_elsewhere(worker: SharedPace, store: FakePaceStore, now: FakeClock) -> None:
    fail(worker, faces(eu_west_1=10), 3)
    used = {slot.region for slot in all_slots(another(store, now), faces(eu_west_1=10, eu_central_1=10))}
    assert used == {FRANKFURT}


def test_one_refusal_closes_a_region_for_five_minutes(worker: SharedPace, now: FakeClock) -> None:
    worker.refused(worker.place(faces()))
    now.at += 299_999
    assert not take(worker, faces())
    now.at += 1
    assert take(worker, faces())[0].probe


def test_a_single_probe_tries_a_region_again(worker: SharedPace, store: FakePaceStore, now: FakeClock) -> None:
    fail(worker, faces(), 3)
    now.at += 30_000
    others = [another(store, now) for _ in range(5)]
    probes = [slot for one in [worker, *others] for slot in take(one, faces())]
    assert [slot.probe for slot in probes] == [True]


def test_a_probe_that_is_answered_opens_the_region_to_all(
    worker: SharedPace, store: FakePaceStore, now: FakeClock
) -> None:
    fail(worker, faces(), 3)
    now.at += 30_000
    worker.answered(worker.place(faces()))
    assert len(all_slots(another(store, now), faces(eu_west_1=10))) == 26


@pytest.mark.parametrize(("ends", "seconds"), [(SharedPace.failed, 30), (SharedPace.refused, 300)])
def test_a_probe_in_vain_closes_a_region_again_from_its_end_on(
    worker: SharedPace, now: FakeClock, ends: Callable[[SharedPace, Slot], None], seconds: int
) -> None:
    fail(worker, faces(), 3)
    now.at += 30_000
    probe = worker.place(faces())
    now.at += 10_000
    ends(worker, probe)
    assert closed_for_s(worker) == seconds


def test_calls_from_before_a_region_was_closed_keep_it_closed_no_longer(worker: SharedPace, now: FakeClock) -> None:
    slots = [worker.place(faces()) for _ in range(6)]
    for slot in slots[:3]:
        worker.failed(slot)
    now.at += 10_000
    for slot in slots[3:]:
        worker.failed(slot)
    assert closed_for_s(worker) == 20


def closed_for_s(worker: SharedPace) -> float | None:
    with pytest.raises(Throttled) as down:
        worker.place(faces())
    return down.value.retry_in


def test_a_probe_whose_worker_was_killed_is_given_again(
    worker: SharedPace, store: FakePaceStore, now: FakeClock
) -> None:
    fail(worker, faces(), 3)
    now.at += 30_000
    worker.place(faces())
    now.at += 30_000
    assert another(store, now).place(faces()).probe


def test_a_throttled_probe_has_shown_that_the_region_is_there(worker: SharedPace, now: FakeClock) -> None:
    fail(worker, faces(), 3)
    now.at += 30_000
    worker.throttled(worker.place(faces()))
    assert not worker.place(faces()).probe
