"""What the API says itself: how an analysis came, upload forms, health and capacity."""

from typing import Any

type Json = dict[str, Any]

COUNT: Json = {"type": "integer", "minimum": 0}
TEXT: Json = {"type": "string"}
TIME: Json = {"type": "string", "format": "date-time"}


def exactly(**properties: Json) -> Json:
    """An object of these members, all of them and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def by_name(values: Json) -> Json:
    """An object whose member names are operations or regions."""
    return {"type": "object", "additionalProperties": values}


REKBRIDGE: Json = exactly(
    region=TEXT | {"description": "Where the image was analysed."},
    cached={"type": "boolean", "description": "Whether the answer was there: then nothing was called, or paid."},
    request_id=TEXT,
    waited_ms=COUNT | {"description": "For a slot, for other regions to fail, or for whoever asked first."},
    called_ms=COUNT | {"description": "For Rekognition."},
    prepared={
        "type": "array",
        "maxItems": 2,
        "description": "What left home, an entry for each image; none for a cached answer.",
        "items": exactly(bytes=COUNT, width=COUNT, height=COUNT),
    },
)
FORM: Json = exactly(
    url={"type": "string", "format": "uri"},
    fields=by_name(TEXT) | {"description": "Fields of the form, to be sent before the file."},
    until=TIME,
    largest_bytes=COUNT,
)
WISH: Json = {
    "type": "object",
    "properties": {
        "key": {
            "type": "string",
            "minLength": 3,
            "maxLength": 1024,
            # An owner, a file name; no control characters, no part that is . or .., no ${filename}.
            "pattern": r"^(?!(?:[^/]*/)*\.{1,2}(?:/|$))(?!.*\$\{filename\})[^/\x00-\x1f\x7f][^\x00-\x1f\x7f]*/"
            r"(?:[^\x00-\x1f\x7f]*[^/\x00-\x1f\x7f])$",
            "description": "Its first part is the owner.",
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
HEALTH: Json = exactly(
    status={"const": "ok"},
    version=TEXT,
    region=TEXT | {"description": "Home."},
    operations=by_name(
        exactly(action=TEXT, regions={"type": "array", "items": TEXT}, parameters={"type": "object"})
        | {"description": "What may be asked; `parameters` are those that a request leaves out."}
    ),
)
CAPACITY: Json = exactly(
    at=TIME,
    operations=by_name(
        by_name(
            exactly(
                quota={"type": "number", "description": "Calls a second, as configured."},
                rate={"type": "number", "description": "Calls a second, as throttles have taught."},
                weight={"type": "number"},
                wait_ms=COUNT | {"description": "Until the next slot."},
                breaker={"enum": ["closed", "open"], "description": "Open: the region fails, or refuses us."},
                open_until={"type": ["string", "null"], "format": "date-time"},
            )
        )
    ),
)
