"""Home first, then by share; the pace and the breaker that all workers share."""

from collections import Counter
from random import Random

import pytest

from handlers.domain import pace
from handlers.domain.errors import Throttled
from handlers.domain.operations import Allowance, Planned
from handlers.domain.pace import SECOND, Slot
from handlers.flows.placement import SharedPace
from tests.builders import HOME, planned
from tests.fakes import FakeClock, FakePaceStore

IRELAND, FRANKFURT = "eu-west-1", "eu-central-1"


@pytest.fixture
def now() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store() -> FakePaceStore:
    return FakePaceStore()


@pytest.fixture
def worker(store: FakePaceStore, now: FakeClock) -> SharedPace:
    return another(store, now)


def another(store: FakePaceStore, now: FakeClock, ahead: int = pace.WORKER_AHEAD, seed: int = 7) -> SharedPace:
    return SharedPace(HOME, ahead, store, now, Random(seed).random)


def faces(weights: dict[str, float] | None = None, **regions: float) -> Planned:
    """DetectFaces with so many calls a second in these regions."""
    given = {name.replace("_", "-"): tps for name, tps in regions.items()} or {IRELAND: 10}
    plan = planned("faces")
    plan.regions.clear()
    plan.regions.update({name: Allowance(tps, (weights or {}).get(name, 1)) for name, tps in given.items()})
    return plan


def all_slots(worker: SharedPace, plan: Planned) -> list[Slot]:
    """Every slot there is now."""
    slots = []
    while True:
        try:
            slots.append(worker.place(plan))
        except Throttled:
            return slots


def test_an_idle_region_gives_half_a_second_of_quota_at_once_and_then_its_rate(worker: SharedPace) -> None:
    slots = all_slots(worker, faces(eu_west_1=10))
    at = [slot.at - slots[0].issued for slot in slots]
    assert at[:6] == [0] * 6
    assert at[6:] == [100_000 * number for number in range(1, 21)]


def test_no_two_workers_get_one_slot(worker: SharedPace, store: FakePaceStore, now: FakeClock) -> None:
    workers, plan = [worker, another(store, now), another(store, now)], faces(eu_west_1=10)
    later = [slot.at for one in workers * 20 for slot in take(one, plan) if slot.at > slot.issued]
    assert len(set(later)) == len(later) == 20


def take(worker: SharedPace, plan: Planned) -> list[Slot]:
    try:
        return [worker.place(plan)]
    except Throttled:
        return []


def test_when_all_are_full_it_says_how_long_to_wait(worker: SharedPace) -> None:
    plan = faces(eu_west_1=2)
    all_slots(worker, plan)
    with pytest.raises(Throttled, match="full or down for faces: eu-west-1") as full:
        worker.place(plan)
    assert full.value.retry_in == pytest.approx(0.5)


def test_what_it_knows_to_be_full_it_does_not_ask_again(worker: SharedPace, store: FakePaceStore) -> None:
    plan = faces(eu_west_1=10)
    all_slots(worker, plan)
    steps = store.steps
    take(worker, plan)
    assert store.steps == steps


def test_a_slot_costs_one_step_while_one_worker_knows_the_lane(worker: SharedPace, store: FakePaceStore) -> None:
    plan = faces(eu_west_1=10)
    worker.place(plan)
    steps = store.steps
    worker.place(plan)
    assert store.steps == steps + 1


def test_the_api_sees_further_than_a_backlog_of_workers(store: FakePaceStore, now: FakeClock) -> None:
    plan = faces(eu_west_1=10)
    all_slots(another(store, now), plan)
    assert len(all_slots(another(store, now, pace.API_AHEAD), plan)) == 30


def test_home_comes_first_while_its_next_slot_is_near(worker: SharedPace) -> None:
    plan = faces(eu_west_3=10, eu_west_1=10)
    used = [slot.region for slot in all_slots(worker, plan)]
    assert used[:16] == [HOME] * 16
    assert Counter(used) == {HOME: 26, IRELAND: 26}


def test_an_operation_that_home_lacks_goes_elsewhere(worker: SharedPace) -> None:
    assert worker.place(faces(eu_west_1=10)).region == IRELAND


@pytest.mark.parametrize(("weights", "share"), [({}, 0.8), ({FRANKFURT: 4.0}, 0.5)])
def test_the_overflow_goes_by_rate_and_weight(
    store: FakePaceStore, now: FakeClock, weights: dict[str, float], share: float
) -> None:
    plan, worker = faces(weights, eu_west_1=40, eu_central_1=10), another(store, now)
    used = Counter[str]()
    for _ in range(600):
        now.at += 1000
        used[worker.place(plan).region] += 1
    assert used[IRELAND] / 600 == pytest.approx(share, abs=0.06)


def test_all_regions_are_used_up_before_anybody_is_told_to_wait(worker: SharedPace) -> None:
    used = Counter(slot.region for slot in all_slots(worker, faces(eu_west_1=50, eu_central_1=10, eu_west_2=4)))
    assert used == {IRELAND: 126, FRANKFURT: 26, "eu-west-2": 11}


def test_a_throttle_slows_everybody_down(worker: SharedPace, store: FakePaceStore, now: FakeClock) -> None:
    plan = faces(eu_west_1=10)
    worker.throttled(worker.place(plan))
    now.at += 10_000
    fresh = another(store, now)
    fresh.place(plan)
    assert pace.rate(fresh.seen["faces", IRELAND], 10, now() * 1000) == pytest.approx(9.75)


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
    assert pace.rate(worker.seen["faces", IRELAND], 10, now() * 1000) == 10


def test_no_throttle_stops_a_region_for_good(worker: SharedPace, now: FakeClock) -> None:
    for _ in range(200):
        worker.throttled(worker.place(faces()))
        now.at += 3000
    assert pace.rate(worker.seen["faces", IRELAND], 10, now() * 1000) >= 0.5


def fail(worker: SharedPace, plan: Planned, times: int) -> None:
    for _ in range(times):
        worker.failed(worker.place(plan))


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


def test_a_probe_that_fails_closes_it_again_at_once(worker: SharedPace, now: FakeClock) -> None:
    fail(worker, faces(), 3)
    now.at += 30_000
    worker.failed(worker.place(faces()))
    with pytest.raises(Throttled) as down:
        worker.place(faces())
    assert down.value.retry_in == 30


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


@pytest.mark.parametrize("skew", [-200, 200])
def test_a_clock_that_goes_wrong_by_a_fifth_of_a_second_adds_no_more_than_that(
    store: FakePaceStore, now: FakeClock, skew: int
) -> None:
    wrong, plan = FakeClock(), faces(eu_west_1=50)
    one, other = another(store, now), another(store, wrong)
    taken = 0
    for _ in range(2000):
        now.at += 5
        wrong.at = now.at + skew
        taken += len(take(one, plan)) + len(take(other, plan))
    most = 50 * (10 + (pace.BURST + pace.WORKER_AHEAD) / SECOND + 0.2)
    assert 500 <= taken <= most + 2
