"""A request against botocore's model of it, with the constraints botocore does not check, in AWS's own words."""

import base64
import binascii
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from engine.errors import ServiceError

_NUMBERS: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
}


def decoded(request: Any, shape: Any) -> Any:
    """A request with its blobs decoded and unknown members left out, as AWS reads it. Raises SerializationException."""
    match shape.type_name, request:
        case "structure", dict():
            return {
                name: decoded(request[name], member)
                for name, member in shape.members.items()
                if request.get(name) is not None
            }
        case "map", dict():
            return {decoded(key, shape.key): decoded(item, shape.value) for key, item in request.items()}
        case "list", list():
            return [decoded(item, shape.member) for item in request]
        case "blob", str():
            return _blob(request)
        case ("string", str()) | ("boolean", bool()):
            return request
        case str() as kind, int() | float() if not isinstance(request, bool) and isinstance(
            request, _NUMBERS.get(kind, ())
        ):
            return request
    raise ServiceError("SerializationException", f"{type(request).__name__} can not be converted to {shape.type_name}")


def check(request: Any, shape: Any) -> None:
    """Raises ValidationException with every broken constraint of a decoded request."""
    if failures := list(_failures(request, shape, "")):
        count = f"{len(failures)} validation error{'s' if len(failures) > 1 else ''} detected: "
        raise ServiceError("ValidationException", count + "; ".join(failures))


def _blob(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as why:
        raise ServiceError("SerializationException", f"Blob is not base64: {why}") from why


def _failures(value: Any, shape: Any, path: str) -> Iterator[str]:
    yield from (_failure(value, path, constraint) for constraint in _broken(value, shape))
    match shape.type_name:
        case "structure":
            for name in shape.required_members:
                if name not in value:
                    yield f"Value null at '{_under(path, name)}' failed to satisfy constraint: Member must not be null"
            for name, item in value.items():
                yield from _failures(item, shape.members[name], _under(path, name))
        case "list":
            for place, item in enumerate(value, start=1):
                yield from _failures(item, shape.member, f"{path}.{place}.member")
        case "map":
            for key, item in value.items():
                yield from _failures(key, shape.key, f"{path}.{key}.key")
                yield from _failures(item, shape.value, f"{path}.{key}.value")


def _broken(value: Any, shape: Any) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.type_name in _NUMBERS:
        size, what = value, "value"
    elif shape.type_name in {"string", "blob", "list", "map"}:
        size, what = len(value), "length"
    else:
        return
    if least is not None and size < least:
        yield f"Member must have {what} greater than or equal to {least}"
    if most is not None and size > most:
        yield f"Member must have {what} less than or equal to {most}"
    if (pattern := shape.metadata.get("pattern")) and not expression(pattern).fullmatch(value):
        yield f"Member must satisfy regular expression pattern: {pattern}"
    if (allowed := getattr(shape, "enum", None)) and value not in allowed:
        yield f"Member must satisfy enum value set: [{', '.join(allowed)}]"


@cache
def expression(pattern: str) -> re.Pattern[str]:
    """A pattern of the model for Python, which lacks Java's letter, digit and blank classes (used for tags alone)."""
    for java, python in ((r"\p{L}", r"\w"), (r"\p{N}", r"\d"), (r"\p{Z}", r"\s")):
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def _failure(value: Any, path: str, constraint: str) -> str:
    # What AWS's own Java service prints; clients search for it.
    size = len(value) if isinstance(value, bytes) else 0
    shown = f"java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]" if isinstance(value, bytes) else value
    return f"Value '{shown}' at '{path}' failed to satisfy constraint: {constraint}"


def _under(path: str, name: str) -> str:
    camel = name[0].lower() + name[1:]
    return f"{path}.{camel}" if path else camel
