"""Home first, then by share; no slot twice."""

from collections import Counter

import pytest
from rekbridge_lambda.domain.errors import Throttled
from rekbridge_lambda.rate_limiting import state
from rekbridge_lambda.rate_limiting.limiter import NEAR, SharedPace
from rekbridge_lambda.rate_limiting.state import SECOND, Lane

from tests.builders import HOME
from tests.fakes import FakeClock, FakePaceStore
from tests.unit.flows.workers import FRANKFURT, IRELAND, all_slots, another, faces, take


def test_an_idle_region_gives_half_a_second_of_quota_at_once_and_then_its_rate(worker: SharedPace) -> None:
    slots = all_slots(worker, faces(eu_west_1=10))
    at = [slot.at - slots[0].issued for slot in slots]
    assert at[:6] == [0] * 6
    assert at[6:] == [100_000 * number for number in range(1, 21)]


def test_no_two_workers_get_one_slot(worker: SharedPace, store: FakePaceStore, now: FakeClock) -> None:
    workers, plan = [worker, another(store, now), another(store, now)], faces(eu_west_1=10)
    later = [slot.at for one in workers * 20 for slot in take(one, plan) if slot.at > slot.issued]
    assert len(set(later)) == len(later) == 20


def test_when_all_are_full_it_says_how_long_to_wait(worker: SharedPace) -> None:
    plan = faces(eu_west_1=2)
    all_slots(worker, plan)
    with pytest.raises(Throttled, match="full or down for faces: eu-west-1") as full:
        worker.place(plan)
    assert full.value.retry_in == pytest.approx(0.5)


def test_of_regions_that_are_full_the_shortest_wait_is_told(worker: SharedPace) -> None:
    plan = faces(eu_west_1=2, eu_central_1=10)
    all_slots(worker, plan)
    with pytest.raises(Throttled) as full:
        worker.place(plan)
    assert full.value.retry_in == pytest.approx(0.1)


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
    assert len(all_slots(another(store, now, state.API_AHEAD), plan)) == 30


def test_home_comes_first_while_its_next_slot_is_near(worker: SharedPace) -> None:
    plan = faces(eu_west_3=10, eu_west_1=10)
    used = [slot.region for slot in all_slots(worker, plan)]
    assert used[:16] == [HOME] * 16
    assert Counter(used) == {HOME: 26, IRELAND: 26}


def test_a_slot_that_is_near_is_taken_before_one_is_waited_for_elsewhere(worker: SharedPace, now: FakeClock) -> None:
    # By lot all would go to Ireland.
    plan = faces({IRELAND: 1e6}, eu_west_1=10, eu_central_1=10)
    all_slots(worker, plan)
    now.at += 60_000
    assert max(slot.at - slot.issued for slot in all_slots(worker, plan)[:16]) <= NEAR


def test_who_loses_the_race_for_a_new_lane_gets_its_next_slot(now: FakeClock) -> None:
    class Overtaken(FakePaceStore):
        def start(self, operation: str, region: str, tat: int, low: int) -> tuple[bool, Lane]:
            super().start(operation, region, tat, low)
            return super().start(operation, region, tat, low)

    assert another(Overtaken(), now).place(faces(eu_west_1=10)).at == now() * 1000


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
    most = 50 * (10 + (state.BURST + state.WORKER_AHEAD) / SECOND + 0.2)
    assert 500 <= taken <= most + 2
