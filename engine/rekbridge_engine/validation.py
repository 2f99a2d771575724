"""Check a request against botocore's service model, also the constraints botocore ignores, with AWS's own messages."""

import base64
import binascii
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from rekbridge_engine.errors import ServiceError

_NUMBER_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
}


def decode_request(request: Any, shape: Any) -> Any:
    """Decode the blobs of a request and drop unknown members, as AWS does. Raises SerializationException."""
    match shape.type_name, request:
        case "structure", dict():
            return {
                name: decode_request(request[name], member)
                for name, member in shape.members.items()
                if request.get(name) is not None
            }
        case "map", dict():
            return {decode_request(key, shape.key): decode_request(item, shape.value) for key, item in request.items()}
        case "list", list():
            return [decode_request(item, shape.member) for item in request]
        case "blob", str():
            return _decode_blob(request)
        case ("string", str()) | ("boolean", bool()):
            return request
        case str() as kind, int() | float() if not isinstance(request, bool) and isinstance(
            request, _NUMBER_TYPES.get(kind, ())
        ):
            return request
    raise ServiceError("SerializationException", f"{type(request).__name__} can not be converted to {shape.type_name}")


def check_constraints(request: Any, shape: Any) -> None:
    """Raises ValidationException that lists every broken constraint of a decoded request."""
    if failures := list(_find_failures(request, shape, "")):
        count = f"{len(failures)} validation error{'s' if len(failures) > 1 else ''} detected: "
        raise ServiceError("ValidationException", count + "; ".join(failures))


def _decode_blob(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ServiceError("SerializationException", f"Blob is not base64: {error}") from error


def _find_failures(value: Any, shape: Any, path: str) -> Iterator[str]:
    yield from (_format_failure(value, path, constraint) for constraint in find_broken_constraints(value, shape))
    match shape.type_name:
        case "structure":
            for name in shape.required_members:
                if name not in value:
                    yield (
                        f"Value null at '{_join_path(path, name)}' failed to satisfy constraint: "
                        "Member must not be null"
                    )
            for name, item in value.items():
                yield from _find_failures(item, shape.members[name], _join_path(path, name))
        case "list":
            for number, item in enumerate(value, start=1):
                yield from _find_failures(item, shape.member, f"{path}.{number}.member")
        case "map":
            for key, item in value.items():
                yield from _find_failures(key, shape.key, f"{path}.{key}.key")
                yield from _find_failures(item, shape.value, f"{path}.{key}.value")


def find_broken_constraints(value: Any, shape: Any) -> Iterator[str]:
    """Yield every constraint of its own shape that a decoded value breaks: range, length, pattern, enum."""
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.type_name in _NUMBER_TYPES:
        size, what = value, "value"
    elif shape.type_name in {"string", "blob", "list", "map"}:
        size, what = len(value), "length"
    else:
        return
    if minimum is not None and size < minimum:
        yield f"Member must have {what} greater than or equal to {minimum}"
    if maximum is not None and size > maximum:
        yield f"Member must have {what} less than or equal to {maximum}"
    if (pattern := shape.metadata.get("pattern")) and not compile_pattern(pattern).fullmatch(value):
        yield f"Member must satisfy regular expression pattern: {pattern}"
    if (allowed := getattr(shape, "enum", None)) and value not in allowed:
        yield f"Member must satisfy enum value set: [{', '.join(allowed)}]"


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a Java pattern of the service model. Python lacks its letter, digit and space classes (used in tags)."""
    for java, python in ((r"\p{L}", r"\w"), (r"\p{N}", r"\d"), (r"\p{Z}", r"\s")):
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def _format_failure(value: Any, path: str, constraint: str) -> str:
    # AWS's Java service prints a blob like this, and clients match this text.
    size = len(value) if isinstance(value, bytes) else 0
    text = f"java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]" if isinstance(value, bytes) else value
    return f"Value '{text}' at '{path}' failed to satisfy constraint: {constraint}"


def _join_path(path: str, name: str) -> str:
    camel_case = name[0].lower() + name[1:]
    return f"{path}.{camel_case}" if path else camel_case
