"""The rate limit state per operation and region: the fake and the table in DynamoDB behave alike."""

import pytest
from rekbridge_lambda.domain.rate_limits import RateLimitState
from rekbridge_lambda.ports import RateLimitStore
from rekbridge_lambda.rate_limiting.gcra import SECOND
from rekbridge_lambda.rate_limiting.table import RateLimitTable

from tests.builders import NOW, REMOTE
from tests.contract.cloud import Cloud
from tests.fakes import FakeRateLimitStore

AT = NOW * 1000
FACES = "faces", REMOTE


@pytest.fixture(params=["fake", "table"])
def store(request: pytest.FixtureRequest, cloud: Cloud) -> RateLimitStore:
    return (
        FakeRateLimitStore()
        if request.param == "fake"
        else RateLimitTable(cloud.client("dynamodb"), cloud.create_rate_limit_table())
    )


@pytest.fixture
def started_store(store: RateLimitStore) -> RateLimitStore:
    store.restart(*FACES, "workers", tat=AT, idle_before=AT - SECOND)
    return store


def test_a_new_state_grants_no_reservation_before_it_is_started(store: RateLimitStore) -> None:
    assert store.advance(*FACES, "workers", emission_interval=20, earliest=AT, latest=AT + SECOND) == (
        False,
        RateLimitState(),
    )


def test_only_the_first_start_sets_the_time(store: RateLimitStore) -> None:
    assert store.restart(*FACES, "workers", tat=AT, idle_before=AT - SECOND) == (True, RateLimitState(AT))
    assert store.restart(*FACES, "workers", tat=AT + 5, idle_before=AT - SECOND) == (False, RateLimitState(AT))


def test_an_idle_state_is_restarted(started_store: RateLimitStore) -> None:
    assert started_store.restart(*FACES, "workers", tat=AT + 9 * SECOND, idle_before=AT + SECOND) == (
        True,
        RateLimitState(AT + 9 * SECOND),
    )


def test_each_reservation_advances_the_time_by_the_emission_interval(started_store: RateLimitStore) -> None:
    reservations = [
        started_store.advance(*FACES, "workers", emission_interval=20, earliest=AT, latest=AT + SECOND)
        for _ in range(3)
    ]
    assert reservations == [
        (True, RateLimitState(AT + 20)),
        (True, RateLimitState(AT + 40)),
        (True, RateLimitState(AT + 60)),
    ]


@pytest.mark.parametrize(("earliest", "latest"), [(-SECOND, -1), (1, SECOND)])
def test_no_reservation_is_granted_outside_the_limits(
    started_store: RateLimitStore, earliest: int, latest: int
) -> None:
    assert started_store.advance(
        *FACES, "workers", emission_interval=20, earliest=AT + earliest, latest=AT + latest
    ) == (
        False,
        RateLimitState(AT),
    )


@pytest.mark.parametrize(("earliest", "latest"), [(0, SECOND), (-SECOND, 0)])
def test_a_reservation_is_granted_at_each_limit(started_store: RateLimitStore, earliest: int, latest: int) -> None:
    assert started_store.advance(*FACES, "workers", 20, earliest=AT + earliest, latest=AT + latest)[0]


def test_operations_and_regions_have_separate_times(started_store: RateLimitStore) -> None:
    assert not started_store.advance("faces", "eu-central-1", "workers", 20, earliest=AT, latest=AT)[0]
    assert not started_store.advance("labels", REMOTE, "workers", emission_interval=20, earliest=AT, latest=AT)[0]


def test_each_share_has_a_time_of_its_own(started_store: RateLimitStore) -> None:
    assert not started_store.advance(*FACES, "api", 20, earliest=AT, latest=AT)[0]
    assert started_store.restart(*FACES, "api", tat=AT + 7, idle_before=AT) == (True, RateLimitState(AT, AT + 7))
    assert started_store.advance(*FACES, "api", 20, earliest=AT, latest=AT + 7) == (True, RateLimitState(AT, AT + 27))
    assert started_store.advance(*FACES, "workers", 30, earliest=AT, latest=AT) == (
        True,
        RateLimitState(AT + 30, AT + 27),
    )


def test_the_rate_is_decreased_once_for_all_reservations_issued_before_the_decrease(
    started_store: RateLimitStore,
) -> None:
    first = started_store.decrease_rate(*FACES, rate_milli=47_500, at=AT + 100, last_before=AT)
    assert (first.rate_milli, first.decreased_at) == (47_500, AT + 100)
    assert started_store.decrease_rate(*FACES, rate_milli=45_125, at=AT + 200, last_before=AT + 50) == first
    assert (
        started_store.decrease_rate(*FACES, rate_milli=45_125, at=AT + 300, last_before=AT + 101).rate_milli == 45_125
    )


def test_the_rate_of_a_new_state_can_be_decreased(store: RateLimitStore) -> None:
    assert store.decrease_rate(*FACES, rate_milli=1, at=AT, last_before=AT) == RateLimitState(
        rate_milli=1, decreased_at=AT
    )


def test_an_open_circuit_grants_no_reservation(started_store: RateLimitStore) -> None:
    assert started_store.open_circuit(*FACES, until=AT + SECOND, expected=None) == (
        True,
        RateLimitState(AT, open_until=AT + SECOND),
    )
    assert not started_store.advance(*FACES, "workers", emission_interval=20, earliest=AT, latest=AT + SECOND)[0]
    assert not started_store.restart(*FACES, "workers", tat=AT + SECOND, idle_before=AT + SECOND)[0]


def test_only_the_first_opens_a_closed_circuit(started_store: RateLimitStore) -> None:
    started_store.open_circuit(*FACES, until=AT + SECOND, expected=None)
    assert started_store.open_circuit(*FACES, until=AT + 5, expected=None) == (
        False,
        RateLimitState(AT, open_until=AT + SECOND),
    )


def test_only_the_first_claims_the_probe(started_store: RateLimitStore) -> None:
    started_store.open_circuit(*FACES, until=AT, expected=None)
    assert started_store.claim_probe(*FACES, until=AT + 7, expected=AT) == (True, RateLimitState(AT, open_until=AT + 7))
    assert started_store.claim_probe(*FACES, until=AT + 9, expected=AT) == (
        False,
        RateLimitState(AT, open_until=AT + 7),
    )


def test_a_closed_circuit_grants_reservations_again(started_store: RateLimitStore) -> None:
    started_store.open_circuit(*FACES, until=AT, expected=None)
    assert started_store.close_circuit(*FACES) == RateLimitState(AT)
    assert started_store.advance(*FACES, "workers", emission_interval=20, earliest=AT, latest=AT)[0]


def test_loading_states_creates_none(started_store: RateLimitStore) -> None:
    keys = [FACES, ("labels", REMOTE)]
    assert started_store.load_states(keys) == {keys[0]: RateLimitState(AT), keys[1]: RateLimitState()}
