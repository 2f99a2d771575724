"""API Gateway requests become API requests; results and errors become HTTP responses."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from rekbridge_lambda.adapters.http import api_gateway
from rekbridge_lambda.adapters.http.api_gateway import MAX_BODY_BYTES, ApiGatewayRouter, get_status
from rekbridge_lambda.adapters.http.routes import ApiRequest
from rekbridge_lambda.domain import errors
from rekbridge_lambda.domain.errors import (
    Gone,
    OutOfAttempts,
    RekbridgeError,
    Throttled,
    Unavailable,
    UnreadableMessage,
)

from tests.api_caller import ApiReply, make_api_event, parse_reply

ROUTE = ("POST", "/analyze/{operation}")


def list_error_types(error: type[RekbridgeError]) -> list[type[RekbridgeError]]:
    return [error, *(error_type for subclass in error.__subclasses__() for error_type in list_error_types(subclass))]


def handle(event: dict[str, Any], respond: Callable[[ApiRequest], Any] = lambda request: {}) -> ApiReply:
    return parse_reply(ApiGatewayRouter({ROUTE: respond}, lambda: "").handle_event(event, 1000))


def make_post(body: bytes = b"", content_type: str | None = None) -> dict[str, Any]:
    return make_api_event(*ROUTE, body, content_type, operation="labels")


def raise_error(error: Exception) -> Callable[[ApiRequest], Any]:
    def respond(request: ApiRequest) -> Any:
        raise error

    return respond


def get_route_request(event: dict[str, Any]) -> ApiRequest:
    """The request that the route receives."""
    requests = list[ApiRequest]()

    def respond(request: ApiRequest) -> dict[str, Any]:
        requests.append(request)
        return {}

    assert handle(event, respond).status == 200
    return requests[0]


def test_a_request_has_the_callers_data() -> None:
    request = get_route_request(make_post(b"\xff\xd8\xff", "Image/JPEG; charset=binary"))
    assert (request.id, request.deadline, request.path) == ("request-1", 1000, {"operation": "labels"})
    assert (request.content_type, request.body) == ("image/jpeg", b"\xff\xd8\xff")


def test_header_names_are_case_insensitive() -> None:
    assert get_route_request(make_post() | {"headers": {"CONTENT-TYPE": "image/png"}}).content_type == "image/png"


def test_an_event_without_headers_body_and_path_parameters_is_an_empty_request() -> None:
    request = get_route_request(make_post() | {"headers": None, "pathParameters": None, "body": None})
    assert (request.content_type, request.body, request.path) == ("", b"", {})


def test_a_body_that_is_not_base64_is_text() -> None:
    assert get_route_request(make_post() | {"body": '{"ä": 1}'}).body == '{"ä": 1}'.encode()


@pytest.mark.parametrize(
    ("arn", "caller"),
    [
        ("arn:aws:iam::000000000000:user/team/anna", "arn:aws:iam::000000000000:user/team/anna"),
        ("arn:aws:sts::000000000000:assumed-role/App/session", "arn:aws:sts::000000000000:assumed-role/App"),
        (None, "anonymous"),
    ],
)
def test_the_caller_is_a_user_or_a_role(arn: str | None, caller: str) -> None:
    assert get_route_request(make_api_event(*ROUTE, arn=arn, operation="labels")).caller == caller


def test_a_response_is_json_that_must_not_be_cached() -> None:
    reply = handle(make_post(), lambda request: {"Labels": ["Katze ä"]})
    assert (reply.status, reply.json) == (200, {"Labels": ["Katze ä"]})
    assert reply.headers == {"Content-Type": "application/json", "Cache-Control": "no-store"}


def test_an_unknown_route_is_404_with_the_routes_that_exist() -> None:
    reply = handle(make_api_event("GET", "/analyze/{operation}", operation="labels"))
    assert (reply.status, "POST /analyze/{operation}" in reply.json["message"]) == (404, True)


def test_an_error_has_code_message_and_request_id() -> None:
    reply = handle(make_post(), raise_error(Gone("anna/cat.jpg is not there")))
    expected = {"code": "gone", "message": "anna/cat.jpg is not there", "request_id": "request-1"}
    assert (reply.status, reply.json) == (404, expected)


@pytest.mark.parametrize("kind", [Throttled, Unavailable])
@pytest.mark.parametrize(("retry_in", "header"), [(None, "1"), (0.2, "1"), (0, "1"), (2.0, "2"), (2.01, "3")])
def test_a_temporary_error_has_retry_after(kind: type[Unavailable], retry_in: float | None, header: str) -> None:
    assert handle(make_post(), raise_error(kind("full", retry_in))).headers["Retry-After"] == header


def test_a_permanent_error_has_no_retry_after() -> None:
    assert "Retry-After" not in handle(make_post(), raise_error(Gone("no"))).headers


@pytest.mark.parametrize("is_base64", [True, False])
def test_a_body_that_is_too_large_is_413_and_points_to_uploads(is_base64: bool) -> None:
    text = "A" * (4 * (MAX_BODY_BYTES // 3 + 4) if is_base64 else MAX_BODY_BYTES + 1)
    reply = handle(make_post() | {"body": text, "isBase64Encoded": is_base64})
    assert (reply.status, reply.json["code"]) == (413, "request-too-large")
    assert "POST /uploads" in reply.json["message"]


def test_a_body_of_the_maximum_size_is_accepted() -> None:
    assert len(get_route_request(make_post(b"x" * MAX_BODY_BYTES)).body) == MAX_BODY_BYTES


def test_a_body_of_the_maximum_size_fits_into_lambdas_event() -> None:
    # AWS: 6 MB (6,291,556 bytes) for a synchronous invocation.
    large_event = make_post(b"x" * MAX_BODY_BYTES) | {"headers": {f"x-{number}": "x" * 200 for number in range(40)}}
    assert len(json.dumps(large_event)) < 6_291_556 - 100_000


@pytest.mark.parametrize("text", ["no base64!", "QQ", "ä"])
def test_a_body_with_invalid_base64_is_400(text: str) -> None:
    assert handle(make_post() | {"body": text, "isBase64Encoded": True}).json["code"] == "invalid-request"


def test_an_unexpected_error_returns_only_its_request_id(caplog: pytest.LogCaptureFixture) -> None:
    reply = handle(make_post(), raise_error(RuntimeError("the secret of anna")))
    assert (reply.status, reply.json["code"], reply.json["request_id"]) == (500, "internal-error", "request-1")
    assert "secret" not in str(reply)
    [record] = [record for record in caplog.records if getattr(record, "request_id", "") == "request-1"]
    assert "RuntimeError at " in record.getMessage()
    assert "test_api_gateway.py" in record.getMessage()


def test_a_response_that_is_not_json_is_an_internal_error() -> None:
    assert handle(make_post(), lambda request: {"Labels": {1, 2}}).status == 500


def test_a_log_line_contains_no_key(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        handle(make_post(), raise_error(Gone("anna/cat.jpg is not there")))
    assert "anna" not in caplog.text
    assert "answered 404: Gone" in caplog.text


@pytest.mark.parametrize("kind", list_error_types(RekbridgeError)[1:], ids=lambda kind: kind.__name__)
def test_every_error_has_its_status(kind: type[RekbridgeError]) -> None:
    # Only queue messages raise it.
    expected = 500 if kind is UnreadableMessage else get_status(kind("why"))
    reply = handle(make_post(), raise_error(kind("why")))
    assert reply.status == expected != 200
    assert reply.json["code"] not in ("", "rejected") or kind is errors.Rejected


def test_out_of_attempts_is_502() -> None:
    assert get_status(OutOfAttempts("five attempts")) == 502
    assert api_gateway.CODES.keys() <= {status for _, status in api_gateway.STATUSES}
