"""JSON Schemas of Rekbridge's own bodies: the part `Rekbridge` of a result, uploads, health and capacity."""

from rekbridge.support.json_types import JsonObject

COUNT: JsonObject = {"type": "integer", "minimum": 0}
TEXT: JsonObject = {"type": "string"}
TIME: JsonObject = {"type": "string", "format": "date-time"}


def build_closed_object(**properties: JsonObject) -> JsonObject:
    """Build an object with exactly these members, all required."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def build_map(values: JsonObject) -> JsonObject:
    """Build an object whose member names are not fixed, like operations or regions."""
    return {"type": "object", "additionalProperties": values}


REKBRIDGE: JsonObject = build_closed_object(
    region=TEXT | {"description": "The region that analysed the image."},
    cached={
        "type": "boolean",
        "description": "Whether the result was stored before. If so, nothing was called or paid.",
    },
    request_id=TEXT,
    waited_ms=COUNT
    | {"description": "Time spent waiting for the rate limit, failing regions, or an earlier request like this."},
    called_ms=COUNT | {"description": "Duration of the call to Rekognition."},
    prepared={
        "type": "array",
        "maxItems": 2,
        "description": "The data that left the home region, one entry per image. Empty for a cached result.",
        "items": build_closed_object(bytes=COUNT, width=COUNT, height=COUNT),
    },
)
PRESIGNED_POST: JsonObject = build_closed_object(
    url={"type": "string", "format": "uri"},
    fields=build_map(TEXT) | {"description": "Fields of the form. Send them before the file."},
    expires_at=TIME,
    max_bytes=COUNT,
)
UPLOAD_REQUEST: JsonObject = {
    "type": "object",
    "properties": {
        "key": {
            "type": "string",
            "minLength": 3,
            "maxLength": 1024,
            # An owner and a file name. No control characters, no part that is . or .., no ${filename}.
            "pattern": r"^(?!(?:[^/]*/)*\.{1,2}(?:/|$))(?!.*\$\{filename\})[^/\x00-\x1f\x7f][^\x00-\x1f\x7f]*/"
            r"(?:[^\x00-\x1f\x7f]*[^/\x00-\x1f\x7f])$",
            "description": "The key of the object. Its first part is the owner.",
            "examples": ["anna/cat.jpg"],
        },
        "content_type": {
            "type": ["string", "null"],
            "pattern": "^(?:image/[a-z0-9][a-z0-9.+-]{0,99}|application/octet-stream)$",
        },
    },
    "required": ["key"],
    "additionalProperties": False,
}
HEALTH: JsonObject = build_closed_object(
    status={"const": "ok"},
    version=TEXT,
    region=TEXT | {"description": "The home region."},
    operations=build_map(
        build_closed_object(action=TEXT, regions={"type": "array", "items": TEXT}, parameters={"type": "object"})
        | {"description": "The deployed operations. `parameters` are the values of omitted parameters."}
    ),
)
SHARE: JsonObject = build_closed_object(
    rate={"type": "number", "description": "Calls per second that are guaranteed."},
    wait_ms=COUNT | {"description": "Time until the next guaranteed call."},
)

CAPACITY: JsonObject = build_closed_object(
    at=TIME,
    operations=build_map(
        build_map(
            build_closed_object(
                quota={"type": "number", "description": "Calls per second, as configured."},
                rate={"type": "number", "description": "Calls per second, as learned from throttles."},
                weight={"type": "number"},
                wait_ms=COUNT | {"description": "Time until the rate limit allows the API its next call."},
                shares=build_closed_object(workers=SHARE, api=SHARE)
                | {"description": "What is guaranteed to uploads and to the API; one may use what the other leaves."},
                circuit={
                    "enum": ["closed", "open", "half-open"],
                    "description": "Circuit breaker: open while the region fails or refuses the account; half-open "
                    "when one call may probe the region.",
                },
                open_until={"type": ["string", "null"], "format": "date-time"},
            )
        )
    ),
)
