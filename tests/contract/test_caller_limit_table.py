"""The limit per caller: the fake and the table in DynamoDB behave alike."""

import pytest
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.ports import CallerLimitStore
from rekbridge_lambda.rate_limiting.caller_table import CallerLimitTable
from rekbridge_lambda.rate_limiting.table import RateLimitTable

from tests.contract.cloud import Cloud
from tests.fakes import FakeCallerLimitStore

AT, LATER = 1_800_000_000_000_000, 1_800_003_600


@pytest.fixture(params=["fake", "table"])
def store(request: pytest.FixtureRequest, cloud: Cloud) -> CallerLimitStore:
    if request.param == "fake":
        return FakeCallerLimitStore()
    return CallerLimitTable(cloud.client("dynamodb"), cloud.create_rate_limit_table())


def test_a_new_caller_is_admitted_by_a_start_only(store: CallerLimitStore) -> None:
    assert store.advance("a", 20, earliest=AT, latest=AT, expires_at=LATER) == (False, None)
    assert store.restart("a", AT, idle_before=AT, expires_at=LATER) == (True, AT)


def test_only_an_idle_caller_is_started_again(store: CallerLimitStore) -> None:
    store.restart("a", AT, idle_before=AT, expires_at=LATER)
    assert store.restart("a", AT + 9, idle_before=AT, expires_at=LATER) == (False, AT)
    assert store.restart("a", AT + 9, idle_before=AT + 1, expires_at=LATER) == (True, AT + 9)


@pytest.mark.parametrize(("earliest", "latest", "granted"), [(0, 0, True), (-9, -1, False), (1, 9, False)])
def test_a_request_is_admitted_at_and_between_its_limits(
    store: CallerLimitStore, earliest: int, latest: int, granted: bool
) -> None:
    store.restart("a", AT, idle_before=AT, expires_at=LATER)
    outcome = store.advance("a", 20, earliest=AT + earliest, latest=AT + latest, expires_at=LATER)
    assert outcome == (granted, AT + 20 * granted)


def test_callers_have_separate_times(store: CallerLimitStore) -> None:
    store.restart("a", AT, idle_before=AT, expires_at=LATER)
    assert store.restart("b", AT + 5, idle_before=AT, expires_at=LATER) == (True, AT + 5)


def test_each_change_says_when_the_item_may_be_deleted(cloud: Cloud) -> None:
    name = cloud.create_rate_limit_table()
    table = CallerLimitTable(cloud.client("dynamodb"), name)
    table.restart("a", AT, idle_before=AT, expires_at=LATER)
    table.advance("a", 20, earliest=AT, latest=AT, expires_at=LATER + 1)
    [item] = cloud.scan_table(name)
    assert item == {
        "operation_region": {"S": "caller/a"},
        "tat": {"N": str(AT + 20)},
        "expires_at": {"N": str(LATER + 1)},
    }


def test_the_item_of_a_caller_is_no_rate_limit_of_an_operation(cloud: Cloud) -> None:
    name = cloud.create_rate_limit_table()
    CallerLimitTable(cloud.client("dynamodb"), name).restart("a", AT, idle_before=AT, expires_at=LATER)
    states = RateLimitTable(cloud.client("dynamodb"), name).load_states([("faces", "eu-west-1")])
    assert [state.workers_tat for state in states.values()] == [None]


def test_a_table_that_is_down_is_unavailable(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    client = cloud.client("dynamodb")
    error = client.exceptions.InternalServerError({"Error": {"Code": "InternalServerError"}}, "UpdateItem")

    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(client, "update_item", fail)
    with pytest.raises(Unavailable):
        CallerLimitTable(client, "rate-limit").restart("a", AT, idle_before=AT, expires_at=LATER)
