"""The error responses of the API: by status, with the error codes and what a caller can do."""

from rekbridge.support.json_types import JsonObject

# Status -> description, codes of our Lambda, codes of API Gateway (modules/gateway/error_responses.tf).
ERRORS_BY_STATUS: dict[int, tuple[str, list[str], list[str]]] = {
    400: (
        "The request or the image is not acceptable. The message says what is wrong and what is accepted.",
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
        "The request is not signed, its caller is not authorized or may not name this key, or the path does not exist.",
        ["not-your-prefix"],
        ["not-signed", "access-denied", "invalid-signature", "expired-token"],
    ),
    404: ("The operation is not deployed, or the key or version does not exist.", ["unknown-operation", "gone"], []),
    413: (
        "The image is too large for a request. Upload it (POST /uploads), then use its key. Above 10 MB API Gateway "
        "answers itself, with plain text instead of this JSON.",
        ["request-too-large"],
        ["request-too-large"],
    ),
    415: ("The operation does not accept this content type.", ["unsupported-type"], ["unsupported-type"]),
    429: ("The quota of every region is used up. Retry later.", ["throttled"], ["throttled"]),
    500: ("A bug. It is logged with the request id.", ["internal-error"], ["internal-error"]),
    502: (
        "Five calls to Rekognition for this image ended without a response. An operator has to look at it.",
        ["out-of-attempts"],
        [],
    ),
    503: (
        "A region or a service at home is down, Lambda throttles the API's function, or the same analysis is in "
        "progress for another request. Retry later.",
        ["unavailable"],
        ["unavailable"],
    ),
    504: ("No response in time. The result may be stored meanwhile: retry.", ["timeout"], ["timeout"]),
}
RETRYABLE_STATUSES = {429, 503, 504}

RETRY_AFTER: JsonObject = {
    "description": "Seconds to wait before a retry.",
    "required": True,
    "schema": {"type": "string", "pattern": "^[1-9][0-9]*$"},
}


def build_error_responses() -> JsonObject:
    """Build every error response, by the name that operations refer to."""
    return {str(status): build_error_response(status) for status in ERRORS_BY_STATUS}


def build_error_response(status: int) -> JsonObject:
    """Build the error response of a status."""
    description, lambda_codes, gateway_codes = ERRORS_BY_STATUS[status]
    schema = {
        "type": "object",
        "properties": {
            "code": {"enum": list(dict.fromkeys(lambda_codes + gateway_codes))},
            "message": {"type": "string", "minLength": 1},
            "request_id": {"type": "string"},
        },
        "required": ["code", "message", "request_id"],
        "additionalProperties": False,
    }
    response: JsonObject = {"description": description, "content": {"application/json": {"schema": schema}}}
    return response | ({"headers": {"Retry-After": RETRY_AFTER}} if status in RETRYABLE_STATUSES else {})


def reference_error_responses(*statuses: int) -> JsonObject:
    """Return references to error responses, for the responses of an operation."""
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}
