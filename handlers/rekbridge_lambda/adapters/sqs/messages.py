"""Our queue messages as JSON. `encode_message` and `decode_message` are each other's inverse."""

import json
from dataclasses import asdict
from typing import Any

from rekbridge_lambda.domain.errors import UnreadableMessage
from rekbridge_lambda.domain.messages import AnalysisFinished, Work

SCHEMA = 1


def encode_message(message: Work | AnalysisFinished) -> str:
    """The message as JSON, with its schema version."""
    return json.dumps({"schema": SCHEMA, **asdict(message)}, separators=(",", ":"))


def decode_message[Message: (Work, AnalysisFinished)](kind: type[Message], body: dict[str, Any]) -> Message:
    """The message in a parsed body. Raises UnreadableMessage for another form or schema version."""
    fields = dict(body)
    if fields.pop("schema", None) != SCHEMA:
        raise UnreadableMessage(f"not a schema {SCHEMA} message, but {describe_fields(body)}")
    try:
        return kind(**fields)
    except TypeError as error:
        raise UnreadableMessage(f"not a {kind.__name__} message: {error}") from None


def describe_fields(body: dict[str, Any]) -> str:
    """A body for a log: its schema and the names of its fields. Never a value, which may be a media key."""
    schema = body.get("schema")
    names = sorted(name for name in body if name.isidentifier())
    version = f"schema {schema}" if isinstance(schema, int) else "no schema"
    return f"{version} with the fields {', '.join(names)[:200] or 'none'}"
