"""What the stations tell each other: small, versioned, and pointing at things instead of holding them."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from rekbridge_lambda.domain.errors import UnreadableMessage

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Message:
    """A queue message of ours; `body` and `read` are each other's inverse."""

    def body(self) -> str:
        """The message as JSON, with its schema version."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, separators=(",", ":"))

    @classmethod
    def read(cls, body: dict[str, Any]) -> Self:
        """The message in a parsed body. Raises UnreadableMessage when it is of another form or version."""
        fields = dict(body)
        if fields.pop("schema", None) != SCHEMA:
            raise UnreadableMessage(f"not a schema {SCHEMA} message, but {outline(body)}")
        try:
            return cls(**fields)
        except TypeError as error:
            raise UnreadableMessage(f"not a {cls.__name__} message: {error}") from None


def outline(body: dict[str, Any]) -> str:
    """What a body is, for a log: its schema and the names of its fields, never a value, which may be a media key."""
    schema = body.get("schema")
    names = sorted(name for name in body if name.isidentifier())
    version = f"schema {schema}" if isinstance(schema, int) else "no schema"
    return f"{version} with the fields {', '.join(names)[:200] or 'none'}"


@dataclass(frozen=True, slots=True)
class Work(Message):
    """One operation on one image. `uploaded_at` is in milliseconds since 1970."""

    run: str
    owner: str
    image: str
    operation: str
    prepared: str
    uploaded_at: int


@dataclass(frozen=True, slots=True)
class Answered(Message):
    """An answer lies in the results bucket at `result`, or work was given up for the reason given."""

    run: str
    owner: str
    image: str
    operation: str
    uploaded_at: int
    result: str | None = None
    code: str | None = None
    reason: str | None = None
