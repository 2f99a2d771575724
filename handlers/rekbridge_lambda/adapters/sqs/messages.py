"""Our queue messages as JSON. `encode_message` and `decode_message` are each other's inverse."""

import json
from dataclasses import asdict, fields
from typing import Any

from rekbridge_lambda.domain.errors import UnreadableMessage
from rekbridge_lambda.domain.ids import RUN_ID
from rekbridge_lambda.domain.messages import AnalysisFinished, Work

# 2: owner, image and prepared image are in the run's row, not in messages.
SCHEMA = 2


def encode_message(message: Work | AnalysisFinished) -> str:
    """The message as JSON, with its schema version."""
    return json.dumps({"schema": SCHEMA, **asdict(message)}, separators=(",", ":"))


def decode_message[Message: (Work, AnalysisFinished)](kind: type[Message], body: dict[str, Any]) -> Message:
    """The message in a parsed body. Raises UnreadableMessage for another form or schema version."""
    values = dict(body)
    if values.pop("schema", None) != SCHEMA:
        raise UnreadableMessage(f"not a schema {SCHEMA} message, but {describe_fields(body)}")
    if not has_fields(kind, values):
        raise UnreadableMessage(f"not a {kind.__name__} message, but {describe_fields(body)}")
    # Without either it would count as an answer, and replace one that was paid for.
    if kind is AnalysisFinished and bool(values.get("result_key")) == bool(values.get("code")):
        raise UnreadableMessage("an AnalysisFinished message has a result_key or a code, and not both")
    return kind(**values)


def has_fields(kind: type[Work | AnalysisFinished], values: dict[str, Any]) -> bool:
    """Whether these are the fields of a message: every one a text, or missing if it may be, and a run id."""
    optional = {field.name for field in fields(kind) if field.default is None}
    required = {field.name for field in fields(kind)} - optional
    return (
        required <= values.keys() <= required | optional
        and all(isinstance(value, str) or (value is None and name in optional) for name, value in values.items())
        and RUN_ID.fullmatch(values["run_id"]) is not None
    )


def describe_fields(body: dict[str, Any]) -> str:
    """A body for a log: its schema and the names of its fields. Never a value, which may be a media key."""
    schema = body.get("schema")
    names = sorted(name for name in body if name.isidentifier())
    version = f"schema {schema}" if isinstance(schema, int) else "no schema"
    return f"{version} with the fields {', '.join(names)[:200] or 'none'}"
