"""What is answered when there is no answer: by status, with its codes and what a caller may do."""

from typing import Any

type Json = dict[str, Any]

# status -> what it says, its codes of ours, its codes of API Gateway's (modules/gateway/refusals.tf)
REFUSALS: dict[int, tuple[str, list[str], list[str]]] = {
    400: (
        "The request or the image will never do; the message names what is wrong and what would do.",
        [
            "invalid-request",
            "invalid-parameter",
            "unreadable-image",
            "image-too-large",
            "image-too-small",
            "rejected",
            "refused-by-service",
        ],
        ["refused"],
    ),
    403: (
        "Not signed, not by somebody who may ask, or not for a path that there is.",
        [],
        ["not-signed", "access-denied", "invalid-signature", "expired-token"],
    ),
    404: ("No such operation here, or no such key or version.", ["unknown-operation", "gone"], []),
    413: (
        "Too large to come with a request: upload it (POST /uploads), then name its key.",
        ["request-too-large"],
        ["request-too-large"],
    ),
    415: ("A content type that the operation does not take.", ["unsupported-type"], ["unsupported-type"]),
    429: ("The quota of every region is used up for now.", ["throttled"], ["throttled"]),
    500: ("A bug, logged under the request id.", ["internal-error"], ["internal-error"]),
    502: ("Five calls about this image ended without an answer: a person has to look.", ["out-of-attempts"], []),
    503: ("A region is down, or somebody else is asking the same and is not done.", ["unavailable"], ["unavailable"]),
    504: ("No answer in time. It may be stored by now: ask again.", ["timeout"], ["timeout"]),
}
PASSING = {429, 503, 504}

RETRY_AFTER: Json = {
    "description": "Seconds after which it is worth asking again.",
    "required": True,
    "schema": {"type": "string", "pattern": "^[1-9][0-9]*$"},
}


def responses() -> Json:
    """Every refusal, by the name that paths refer to it with."""
    return {str(status): response(status) for status in REFUSALS}


def response(status: int) -> Json:
    """One refusal."""
    says, ours, gateways = REFUSALS[status]
    told = {
        "type": "object",
        "properties": {
            "code": {"enum": list(dict.fromkeys(ours + gateways))},
            "message": {"type": "string", "minLength": 1},
            "request_id": {"type": "string"},
        },
        "required": ["code", "message", "request_id"],
        "additionalProperties": False,
    }
    found: Json = {"description": says, "content": {"application/json": {"schema": told}}}
    return found | ({"headers": {"Retry-After": RETRY_AFTER}} if status in PASSING else {})


def of(*statuses: int) -> Json:
    """These refusals, as a path names them."""
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}
