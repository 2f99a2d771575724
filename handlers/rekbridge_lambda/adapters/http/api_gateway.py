"""API Gateway's events become requests, and outcomes become HTTP responses (AWS: Lambda proxy integration)."""

import base64
import binascii
import json
import logging
from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from rekbridge_lambda.adapters.http.routes import ApiRequest, ResponseBody, Routes
from rekbridge_lambda.adapters.logs import describe_bug
from rekbridge_lambda.adapters.tracing import trace_segment
from rekbridge_lambda.domain import errors
from rekbridge_lambda.domain.errors import InvalidRequest, Rejected, RekbridgeError, RequestTooLarge, Unavailable

log = logging.getLogger(__name__)

# Lambda accepts an event of 6 MB, in which every body is base64; the rest is left for the other fields.
MAX_BODY_BYTES = 4_500_000

# The first that matches. A Rejected that is not listed before is a fault of the image: 400.
STATUSES: tuple[tuple[type[RekbridgeError], int], ...] = (
    (errors.NotYourPrefix, 403),
    (errors.UnknownOperation, 404),
    (errors.Gone, 404),
    (errors.RequestTooLarge, 413),
    (errors.UnsupportedType, 415),
    (errors.Rejected, 400),
    (errors.Throttled, 429),
    (errors.NoAnswer, 504),
    (errors.Unavailable, 503),
    (errors.OutOfAttempts, 502),
)
# Codes of errors that the caller did not cause, the same as API Gateway's own (modules/gateway/error_responses.tf).
CODES = {429: "throttled", 502: "out-of-attempts", 503: "unavailable", 504: "timeout"}

type ApiGatewayEvent = dict[str, Any]


class ApiGatewayRouter:
    """Finds the route of an event and answers with its result or its error."""

    def __init__(self, routes: Routes, trace: Callable[[], str]) -> None:
        self.routes, self.trace = routes, trace

    def handle_event(self, event: ApiGatewayEvent, deadline: int) -> ApiGatewayEvent:
        """The HTTP response for one event, before the deadline (milliseconds)."""
        request_id = event["requestContext"]["requestId"]
        details = {"request_id": request_id, "route": f"{event['httpMethod']} {event['resource']}"}
        try:
            with trace_segment("request", self.trace()):
                response = build_response(200, self.find_route(event)(parse_request(event, deadline)))
        except RekbridgeError as why:
            status = get_status(why)
            # A message about a caller's mistake may quote a key or a parameter, which do not belong in a log.
            reason = type(why).__name__ if isinstance(why, Rejected) else str(why)
            log.log(
                logging.WARNING if status >= 500 else logging.INFO, "answered %d: %s", status, reason, extra=details
            )
            return build_error_response(status, why, request_id)
        except Exception as bug:
            log.error("unexpected error, answered 500: %s", describe_bug(bug), extra=details)
            message = "This is a bug of Rekbridge; its log has the details under this request id."
            return build_response(500, {"code": "internal-error", "message": message, "request_id": request_id})
        log.info("answered 200", extra=details)
        return response

    def find_route(self, event: ApiGatewayEvent) -> Callable[[ApiRequest], ResponseBody]:
        """The function for this method and path. Raises UnknownOperation."""
        try:
            return self.routes[event["httpMethod"], event["resource"]]
        except KeyError:
            routes = ", ".join(" ".join(route) for route in self.routes)
            raise errors.UnknownOperation(f"there is no such path; the paths are {routes}") from None


def parse_request(event: ApiGatewayEvent, deadline: int) -> ApiRequest:
    """The request in an event. Raises InvalidRequest."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return ApiRequest(
        id=event["requestContext"]["requestId"],
        caller=get_caller(event["requestContext"].get("identity") or {}),
        deadline=deadline,
        path=event.get("pathParameters") or {},
        content_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
        body=decode_body(event),
    )


def get_caller(identity: Mapping[str, Any]) -> str:
    """Who signed the request: the user, or the role without its session name.

    >>> get_caller({"userArn": "arn:aws:sts::123456789012:assumed-role/Uploader/session-17"})
    'arn:aws:sts::123456789012:assumed-role/Uploader'
    """
    arn = str(identity.get("userArn") or "anonymous")
    return arn.rpartition("/")[0] if ":assumed-role/" in arn else arn


def decode_body(event: ApiGatewayEvent) -> bytes:
    """The body's bytes: base64 with API Gateway's binary media types. Raises InvalidRequest."""
    text = event.get("body") or ""
    is_base64 = event.get("isBase64Encoded")
    if len(text) * (3 if is_base64 else 4) // 4 > MAX_BODY_BYTES:
        raise RequestTooLarge(
            f"a request carries up to {MAX_BODY_BYTES:,} bytes: get a form from POST /uploads, upload the image, "
            'then send {"Image": {"S3Object": {"Name": "<its key>"}}}'
        )
    try:
        return base64.b64decode(text, validate=True) if is_base64 else text.encode()
    except (binascii.Error, ValueError):
        raise InvalidRequest("the body arrived incomplete: send it again") from None


def get_status(why: RekbridgeError) -> int:
    """The HTTP status of an error; 500 for an error that only queues can raise."""
    return next((status for kind, status in STATUSES if isinstance(why, kind)), 500)


def build_error_response(status: int, why: RekbridgeError, request_id: str) -> ApiGatewayEvent:
    """An error, with the seconds after which a retry makes sense."""
    code = why.code if isinstance(why, Rejected) else CODES.get(status, "internal-error")
    response = build_response(status, {"code": code, "message": str(why), "request_id": request_id})
    if isinstance(why, Unavailable):
        response["headers"]["Retry-After"] = str(max(1, ceil(why.retry_in or 1)))
    return response


def build_response(status: int, body: ResponseBody) -> ApiGatewayEvent:
    """A response in API Gateway's form."""
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return {
        "statusCode": status,
        "headers": headers,
        "body": json.dumps(body, allow_nan=False),
        "isBase64Encoded": False,
    }
