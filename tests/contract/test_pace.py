"""One item per operation and region, of the fake and of DynamoDB alike."""

import pytest
from rekbridge_lambda.ports import PaceStore
from rekbridge_lambda.rate_limiting.state import SECOND, Lane
from rekbridge_lambda.rate_limiting.table import PaceTable

from tests.builders import NOW, REMOTE
from tests.contract.cloud import Cloud
from tests.fakes import FakePaceStore

AT = NOW * 1000
FACES = "faces", REMOTE


@pytest.fixture(params=["fake", "table"])
def store(request: pytest.FixtureRequest, cloud: Cloud) -> PaceStore:
    return FakePaceStore() if request.param == "fake" else PaceTable(cloud.client("dynamodb"), cloud.pace())


@pytest.fixture
def started(store: PaceStore) -> PaceStore:
    store.start(*FACES, tat=AT, low=AT - SECOND)
    return store


def test_a_lane_that_is_new_gives_no_slot_before_it_is_started(store: PaceStore) -> None:
    assert store.advance(*FACES, interval=20, low=AT, high=AT + SECOND) == (False, Lane())


def test_the_first_to_start_a_lane_sets_its_time(store: PaceStore) -> None:
    assert store.start(*FACES, tat=AT, low=AT - SECOND) == (True, Lane(AT))
    assert store.start(*FACES, tat=AT + 5, low=AT - SECOND) == (False, Lane(AT))


def test_an_idle_lane_is_started_again(started: PaceStore) -> None:
    assert started.start(*FACES, tat=AT + 9 * SECOND, low=AT + SECOND) == (True, Lane(AT + 9 * SECOND))


def test_each_slot_moves_the_time_on(started: PaceStore) -> None:
    taken = [started.advance(*FACES, interval=20, low=AT, high=AT + SECOND) for _ in range(3)]
    assert taken == [(True, Lane(AT + 20)), (True, Lane(AT + 40)), (True, Lane(AT + 60))]


@pytest.mark.parametrize(("low", "high"), [(-SECOND, -1), (1, SECOND)])
def test_no_slot_lies_outside_the_band(started: PaceStore, low: int, high: int) -> None:
    assert started.advance(*FACES, interval=20, low=AT + low, high=AT + high) == (False, Lane(AT))


@pytest.mark.parametrize("edge", [(0, SECOND), (-SECOND, 0)])
def test_the_band_has_its_edges(started: PaceStore, edge: tuple[int, int]) -> None:
    assert started.advance(*FACES, interval=20, low=AT + edge[0], high=AT + edge[1])[0]


def test_lanes_do_not_share_a_time(started: PaceStore) -> None:
    assert not started.advance("faces", "eu-central-1", interval=20, low=AT, high=AT)[0]
    assert not started.advance("labels", REMOTE, interval=20, low=AT, high=AT)[0]


def test_the_rate_is_cut_once_for_all_slots_issued_before_the_cut(started: PaceStore) -> None:
    first = started.cut(*FACES, rate_milli=47_500, at=AT + 100, before=AT)
    assert (first.rate_milli, first.cut_at) == (47_500, AT + 100)
    assert started.cut(*FACES, rate_milli=45_125, at=AT + 200, before=AT + 50) == first
    assert started.cut(*FACES, rate_milli=45_125, at=AT + 300, before=AT + 101).rate_milli == 45_125


def test_a_lane_can_be_cut_before_it_was_ever_started(store: PaceStore) -> None:
    assert store.cut(*FACES, rate_milli=1, at=AT, before=AT) == Lane(rate_milli=1, cut_at=AT)


def test_an_open_lane_gives_no_slots(started: PaceStore) -> None:
    assert started.open(*FACES, until=AT + SECOND, seen=None) == (True, Lane(AT, open_until=AT + SECOND))
    assert not started.advance(*FACES, interval=20, low=AT, high=AT + SECOND)[0]
    assert not started.start(*FACES, tat=AT + SECOND, low=AT + SECOND)[0]


def test_only_one_opens_a_closed_lane(started: PaceStore) -> None:
    started.open(*FACES, until=AT + SECOND, seen=None)
    assert started.open(*FACES, until=AT + 5, seen=None) == (False, Lane(AT, open_until=AT + SECOND))


def test_only_one_gets_the_probe(started: PaceStore) -> None:
    started.open(*FACES, until=AT, seen=None)
    assert started.probe(*FACES, until=AT + 7, seen=AT) == (True, Lane(AT, open_until=AT + 7))
    assert started.probe(*FACES, until=AT + 9, seen=AT) == (False, Lane(AT, open_until=AT + 7))


def test_a_closed_lane_gives_slots_again(started: PaceStore) -> None:
    started.open(*FACES, until=AT, seen=None)
    assert started.close(*FACES) == Lane(AT)
    assert started.advance(*FACES, interval=20, low=AT, high=AT)[0]


def test_lanes_can_be_looked_at_without_changing_them(started: PaceStore) -> None:
    keys = [FACES, ("labels", REMOTE)]
    assert started.lanes(keys) == {keys[0]: Lane(AT), keys[1]: Lane()}
