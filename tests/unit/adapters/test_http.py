"""The HTTP edge: what of a request counts, and which status says what."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from rekbridge_lambda.adapters.http import api_gateway
from rekbridge_lambda.adapters.http.api_gateway import LARGEST_BODY, Http, status_of
from rekbridge_lambda.domain import errors
from rekbridge_lambda.domain.errors import (
    Gone,
    OutOfAttempts,
    RekbridgeError,
    Throttled,
    Unavailable,
    UnreadableMessage,
)
from rekbridge_lambda.domain.requests import Request

from tests.caller import Reply, event, reply

ROUTE = ("POST", "/analyze/{operation}")


def kinds(of: type[RekbridgeError]) -> list[type[RekbridgeError]]:
    return [of, *(kind for below in of.__subclasses__() for kind in kinds(below))]


def answered(event: dict[str, Any], answer: Callable[[Request], Any] = lambda request: {}) -> Reply:
    return reply(Http({ROUTE: answer}, lambda: "").answer(event, 1000))


def posted(body: bytes = b"", content_type: str | None = None) -> dict[str, Any]:
    return event(*ROUTE, body, content_type, operation="labels")


def raising(error: Exception) -> Callable[[Request], Any]:
    def answer(request: Request) -> Any:
        raise error

    return answer


def seen(event: dict[str, Any]) -> Request:
    """The request that a route is asked with."""
    requests = list[Request]()

    def answer(request: Request) -> dict[str, Any]:
        requests.append(request)
        return {}

    assert answered(event, answer).status == 200
    return requests[0]


def test_a_request_is_what_the_caller_sent() -> None:
    request = seen(posted(b"\xff\xd8\xff", "Image/JPEG; charset=binary"))
    assert (request.id, request.deadline, request.path) == ("request-1", 1000, {"operation": "labels"})
    assert (request.content_type, request.body) == ("image/jpeg", b"\xff\xd8\xff")


def test_a_header_is_the_same_however_it_is_written() -> None:
    assert seen(posted() | {"headers": {"CONTENT-TYPE": "image/png"}}).content_type == "image/png"


def test_without_headers_body_and_parts_of_the_path_a_request_is_empty() -> None:
    request = seen(posted() | {"headers": None, "pathParameters": None, "body": None})
    assert (request.content_type, request.body, request.path) == ("", b"", {})


def test_a_body_that_is_no_base64_is_its_text() -> None:
    assert seen(posted() | {"body": '{"ä": 1}'}).body == '{"ä": 1}'.encode()


@pytest.mark.parametrize(
    ("arn", "caller"),
    [
        ("arn:aws:iam::000000000000:user/team/anna", "arn:aws:iam::000000000000:user/team/anna"),
        ("arn:aws:sts::000000000000:assumed-role/App/session", "arn:aws:sts::000000000000:assumed-role/App"),
        (None, "anonymous"),
    ],
)
def test_the_caller_is_a_user_or_a_role(arn: str | None, caller: str) -> None:
    assert seen(event(*ROUTE, arn=arn, operation="labels")).caller == caller


def test_an_answer_is_json_that_nobody_keeps() -> None:
    found = answered(posted(), lambda request: {"Labels": ["Katze ä"]})
    assert (found.status, found.json) == (200, {"Labels": ["Katze ä"]})
    assert found.headers == {"Content-Type": "application/json", "Cache-Control": "no-store"}


def test_a_path_that_is_not_there_names_those_that_are() -> None:
    found = answered(event("GET", "/analyze/{operation}", operation="labels"))
    assert (found.status, "POST /analyze/{operation}" in found.json["message"]) == (404, True)


def test_an_error_has_its_code_its_reason_and_the_request() -> None:
    found = answered(posted(), raising(Gone("anna/cat.jpg is not there")))
    told = {"code": "gone", "message": "anna/cat.jpg is not there", "request_id": "request-1"}
    assert (found.status, found.json) == (404, told)


@pytest.mark.parametrize("kind", [Throttled, Unavailable])
@pytest.mark.parametrize(("retry_in", "header"), [(None, "1"), (0.2, "1"), (0, "1"), (2.0, "2"), (2.01, "3")])
def test_whoever_may_try_again_is_told_when(kind: type[Unavailable], retry_in: float | None, header: str) -> None:
    assert answered(posted(), raising(kind("full", retry_in))).headers["Retry-After"] == header


def test_who_has_to_ask_otherwise_is_not_told_to_try_again() -> None:
    assert "Retry-After" not in answered(posted(), raising(Gone("no"))).headers


@pytest.mark.parametrize("coded", [True, False])
def test_a_body_that_no_event_could_carry_is_told_another_way(coded: bool) -> None:
    text = "A" * (4 * (LARGEST_BODY // 3 + 4) if coded else LARGEST_BODY + 1)
    found = answered(posted() | {"body": text, "isBase64Encoded": coded})
    assert (found.status, found.json["code"]) == (413, "request-too-large")
    assert "POST /uploads" in found.json["message"]


def test_the_largest_body_is_taken() -> None:
    assert len(seen(posted(b"x" * LARGEST_BODY)).body) == LARGEST_BODY


def test_the_largest_body_fits_into_lambdas_event() -> None:
    # AWS: 6 MB (6,291,556 bytes) for an invocation that is waited for.
    whole = posted(b"x" * LARGEST_BODY) | {"headers": {f"x-{number}": "x" * 200 for number in range(40)}}
    assert len(json.dumps(whole)) < 6_291_556 - 100_000


@pytest.mark.parametrize("text", ["no base64!", "QQ", "ä"])
def test_a_body_that_came_broken_is_400(text: str) -> None:
    assert answered(posted() | {"body": text, "isBase64Encoded": True}).json["code"] == "invalid-request"


def test_a_bug_tells_nothing_but_where_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    found = answered(posted(), raising(RuntimeError("the secret of anna")))
    assert (found.status, found.json["code"], found.json["request_id"]) == (500, "internal-error", "request-1")
    assert "secret" not in str(found)
    assert [record for record in caplog.records if record.exc_info and getattr(record, "request_id", "") == "request-1"]


def test_an_answer_that_is_no_json_is_a_bug() -> None:
    assert answered(posted(), lambda request: {"Labels": {1, 2}}).status == 500


def test_a_log_line_names_no_key(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answered(posted(), raising(Gone("anna/cat.jpg is not there")))
    assert "anna" not in caplog.text
    assert "answered 404: Gone" in caplog.text


@pytest.mark.parametrize("kind", kinds(RekbridgeError)[1:], ids=lambda kind: kind.__name__)
def test_every_error_has_its_status(kind: type[RekbridgeError]) -> None:
    # Of queues: no request brings it about.
    expected = 500 if kind is UnreadableMessage else status_of(kind("why"))
    found = answered(posted(), raising(kind("why")))
    assert found.status == expected != 200
    assert found.json["code"] not in ("", "rejected") or kind is errors.Rejected


def test_giving_up_is_no_fault_of_the_caller() -> None:
    assert status_of(OutOfAttempts("five attempts")) == 502
    assert api_gateway.CODES.keys() <= {status for _, status in api_gateway.STATUSES}
