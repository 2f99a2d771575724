"""Each caller of the API has a limit of its own, which all processes share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rekbridge_lambda.domain.errors import Throttled
from rekbridge_lambda.domain.rate_limits import CallerThrottle
from rekbridge_lambda.rate_limiting.callers import CallerLimiter

from tests.fakes import FakeCallerLimitStore, FakeClock

ANNA, BERT = (f"arn:aws:iam::123456789012:user/{name}" for name in ("anna", "bert"))
THROTTLE = CallerThrottle(per_second=10, burst=5)


@pytest.fixture
def store() -> FakeCallerLimitStore:
    return FakeCallerLimitStore()


@pytest.fixture
def now() -> FakeClock:
    return FakeClock()


@pytest.fixture
def limiter(store: FakeCallerLimitStore, now: FakeClock) -> CallerLimiter:
    return CallerLimiter(THROTTLE, store, now)


def count_admitted(limiter: CallerLimiter, caller: str, times: int) -> int:
    admitted = 0
    for _ in range(times):
        try:
            limiter.admit(caller)
        except Throttled:
            continue
        admitted += 1
    return admitted


def test_a_caller_may_send_its_burst_at_once_and_no_more(limiter: CallerLimiter) -> None:
    assert count_admitted(limiter, ANNA, 20) == 5


def test_a_caller_gets_its_rate_after_its_burst(limiter: CallerLimiter, now: FakeClock) -> None:
    count_admitted(limiter, ANNA, 20)
    now.at += 1000
    assert count_admitted(limiter, ANNA, 1) == 1
    admitted = 0
    for _ in range(1000):
        now.at += 10
        admitted += count_admitted(limiter, ANNA, 1)
    assert admitted == pytest.approx(100, abs=5)


def test_a_caller_whose_item_was_deleted_is_admitted(limiter: CallerLimiter, store: FakeCallerLimitStore) -> None:
    count_admitted(limiter, ANNA, 2)
    store.clear()
    assert count_admitted(limiter, ANNA, 1) == 1


def test_one_caller_over_its_limit_takes_nothing_from_another(limiter: CallerLimiter) -> None:
    count_admitted(limiter, ANNA, 1000)
    assert count_admitted(limiter, BERT, 5) == 5


def test_processes_share_the_limit_of_a_caller(store: FakeCallerLimitStore, now: FakeClock) -> None:
    limiters = [CallerLimiter(THROTTLE, store, now) for _ in range(8)]
    assert sum(count_admitted(limiter, ANNA, 3) for limiter in limiters) == 5


def test_the_error_says_whose_limit_it_is_and_how_long_to_wait(limiter: CallerLimiter) -> None:
    count_admitted(limiter, ANNA, 5)
    with pytest.raises(Throttled, match="this caller's own limit is 10 requests a second and 5 at once") as error:
        limiter.admit(ANNA)
    assert error.value.retry_in == pytest.approx(0.1)


def test_a_request_costs_one_write_and_one_that_is_known_to_be_refused_none(
    limiter: CallerLimiter, store: FakeCallerLimitStore
) -> None:
    count_admitted(limiter, ANNA, 5)
    assert store.writes == 5
    count_admitted(limiter, ANNA, 1000)
    assert store.writes == 5


def test_an_occasional_caller_costs_one_write_in_a_new_process(store: FakeCallerLimitStore, now: FakeClock) -> None:
    for _ in range(10):
        now.at += 5000
        CallerLimiter(THROTTLE, store, now).admit(ANNA)
    assert store.writes == 10


def test_the_item_does_not_name_the_caller(limiter: CallerLimiter, store: FakeCallerLimitStore) -> None:
    limiter.admit(ANNA)
    [caller_id] = store
    assert len(caller_id) == 32
    assert "anna" not in caller_id


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 2)), max_size=60),
    st.integers(1, 50),
    st.integers(1, 20),
)
def test_no_interleaving_of_processes_admits_more_than_burst_and_rate(
    requests: list[tuple[int, int]], per_second: int, burst: int
) -> None:
    now, store = FakeClock(), FakeCallerLimitStore()
    limiters = [CallerLimiter(CallerThrottle(per_second, burst), store, now) for _ in range(3)]
    started_at, admitted = now.at, 0
    for pause, process in requests:
        now.at += pause
        admitted += count_admitted(limiters[process], ANNA, 1)
    assert admitted <= burst + per_second * (now.at - started_at) / 1000
