"""The HTTP edge: API Gateway's event becomes a Request, its outcome a status (AWS: Lambda proxy integration)."""

import base64
import binascii
import json
import logging
from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from rekbridge_lambda.adapters.tracing import traced
from rekbridge_lambda.domain import errors
from rekbridge_lambda.domain.errors import InvalidRequest, Rejected, RekbridgeError, RequestTooLarge, Unavailable
from rekbridge_lambda.domain.requests import Request

log = logging.getLogger(__name__)

# Lambda takes an event of 6 MB, in which every body is base64; the rest is for what stands around it.
LARGEST_BODY = 4_500_000

# The first that fits. What is Rejected and not named here is in the image: 400.
STATUSES: tuple[tuple[type[RekbridgeError], int], ...] = (
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
# Codes of errors that are none of the caller's, the same as API Gateway's own (modules/gateway/refusals.tf).
CODES = {429: "throttled", 502: "out-of-attempts", 503: "unavailable", 504: "timeout"}

type Json = Mapping[str, Any]
type Event = dict[str, Any]


class Http:
    """Methods and paths, each with what answers it."""

    def __init__(self, routes: Mapping[tuple[str, str], Callable[[Request], Json]], trace: Callable[[], str]) -> None:
        self.routes, self.trace = routes, trace

    def answer(self, event: Event, deadline: int) -> Event:
        """What API Gateway gives to the caller, before the deadline (milliseconds)."""
        request = event["requestContext"]["requestId"]
        told = {"request_id": request, "route": f"{event['httpMethod']} {event['resource']}"}
        try:
            with traced("request", self.trace()):
                answer = response(200, self.routed(event)(read(event, deadline)))
        except RekbridgeError as why:
            status = status_of(why)
            # What a caller did wrong may quote a key or a parameter, which no log has to know.
            detail = type(why).__name__ if isinstance(why, Rejected) else str(why)
            log.warning("answered %d: %s", status, detail, extra=told)
            return refusal(status, why, request)
        except Exception:
            log.exception("a bug", extra=told)
            message = "This is a bug, and logged under the request id."
            return response(500, {"code": "internal-error", "message": message, "request_id": request})
        log.warning("answered 200", extra=told)
        return answer

    def routed(self, event: Event) -> Callable[[Request], Json]:
        """What answers this event."""
        try:
            return self.routes[event["httpMethod"], event["resource"]]
        except KeyError:
            known = ", ".join(" ".join(route) for route in self.routes)
            raise errors.UnknownOperation(f"there is no such path; there are {known}") from None


def read(event: Event, deadline: int) -> Request:
    """The request in an event. Raises InvalidRequest."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return Request(
        id=event["requestContext"]["requestId"],
        caller=caller(event["requestContext"].get("identity") or {}),
        deadline=deadline,
        path=event.get("pathParameters") or {},
        content_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
        body=body(event),
    )


def caller(identity: Mapping[str, Any]) -> str:
    """Who signed the request: the user, or the role whatever its session is called.

    >>> caller({"userArn": "arn:aws:sts::123456789012:assumed-role/Uploader/session-17"})
    'arn:aws:sts::123456789012:assumed-role/Uploader'
    """
    arn = identity.get("userArn") or "anonymous"
    return arn.rpartition("/")[0] if ":assumed-role/" in arn else arn


def body(event: Event) -> bytes:
    """The body's bytes: base64 with API Gateway's binary media types. Raises InvalidRequest."""
    text = event.get("body") or ""
    coded = event.get("isBase64Encoded")
    if len(text) * (3 if coded else 4) // 4 > LARGEST_BODY:
        raise RequestTooLarge(
            f"a request carries up to {LARGEST_BODY:,} bytes: ask POST /uploads where to put the image, "
            'then send {"Image": {"S3Object": {"Name": "<its key>"}}}'
        )
    try:
        return base64.b64decode(text, validate=True) if coded else text.encode()
    except (binascii.Error, ValueError):
        raise InvalidRequest("the body did not come whole: send it again") from None


def status_of(why: RekbridgeError) -> int:
    """The status that says what became of the request; 500 for an error that belongs to queues."""
    return next((status for kind, status in STATUSES if isinstance(why, kind)), 500)


def refusal(status: int, why: RekbridgeError, request: str) -> Event:
    """An error, with the time after which it is worth asking again."""
    code = why.code if isinstance(why, Rejected) else CODES.get(status, "internal-error")
    answer = response(status, {"code": code, "message": str(why), "request_id": request})
    if isinstance(why, Unavailable):
        answer["headers"]["Retry-After"] = str(max(1, ceil(why.retry_in or 1)))
    return answer


def response(status: int, found: Json) -> Event:
    """As API Gateway takes it."""
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return {
        "statusCode": status,
        "headers": headers,
        "body": json.dumps(found, allow_nan=False),
        "isBase64Encoded": False,
    }
