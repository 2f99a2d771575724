"""The REST API counts what costs something, by caller."""

import pytest
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.rate_limits import CallerThrottle

from tests.api_caller import ACCOUNT, ApiCaller, ApiReply
from tests.builders import make_png

UPLOAD = b'{"key": "anna/cat.jpg"}'


@pytest.fixture
def caller() -> ApiCaller:
    return ApiCaller(caller_throttle=CallerThrottle(per_second=0.25, burst=1))


def analyze(caller: ApiCaller) -> ApiReply:
    return caller.analyze("labels", make_png())


def sign_upload(caller: ApiCaller) -> ApiReply:
    return caller.post("/uploads", UPLOAD, "application/json")


@pytest.mark.parametrize("first", [analyze, sign_upload])
@pytest.mark.parametrize("second", [analyze, sign_upload])
def test_a_caller_over_its_limit_gets_429_with_the_wait_and_whose_limit_it_is(
    caller: ApiCaller, first: object, second: object
) -> None:
    assert callable(first)
    assert callable(second)
    assert first(caller).status == 200
    reply = second(caller)
    assert (reply.status, reply.json["code"], reply.headers["Retry-After"]) == (429, "throttled", "4")
    assert "this caller's own limit" in reply.json["message"]


def test_a_refused_request_reserves_and_calls_nothing(caller: ApiCaller) -> None:
    sign_upload(caller)
    analyze(caller)
    assert caller.harness.rekognition.calls == []


def test_another_caller_is_admitted(caller: ApiCaller) -> None:
    analyze(caller)
    caller.arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/Other/session-1"
    assert analyze(caller).status == 200


def test_another_session_of_the_same_role_is_the_same_caller(caller: ApiCaller) -> None:
    analyze(caller)
    caller.arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/session-2"
    assert analyze(caller).status == 429


@pytest.mark.parametrize("path", ["/health", "/capacity"])
def test_status_requests_do_not_count(caller: ApiCaller, path: str) -> None:
    analyze(caller)
    assert [caller.get(path).status for _ in range(9)] == [200] * 9


def test_a_table_that_is_down_is_503(caller: ApiCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Unavailable("DynamoDB is down")

    monkeypatch.setattr(caller.caller_limits, "restart", fail)
    assert analyze(caller).status == 503
