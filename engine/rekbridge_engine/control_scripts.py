"""What the JSON of every control request has to be: an object with known keys, texts and finite numbers."""

import json
import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

# Matches every operation, or every region.
ALL = "*"


def parse_script(body: bytes) -> dict[str, Any]:
    """The JSON object in a request's body. Raises ValueError."""
    try:
        script = json.loads(body)
    # A body of nothing but brackets is deeper than Python reads.
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the body is not JSON: {error}") from error
    if not isinstance(script, dict):
        raise ValueError("the body must be a JSON object")
    return script


def check_keys(script: Mapping[str, Any], allowed: Collection[str]) -> None:
    """Raises ValueError that lists unknown keys."""
    if unknown := sorted(script.keys() - set(allowed)):
        raise ValueError(f"unknown keys: {', '.join(unknown)}; allowed keys: {', '.join(sorted(allowed))}")


def check_texts(script: Mapping[str, Any], names: Iterable[str]) -> None:
    """Raises ValueError for one of these keys that is neither missing, nor null, nor a string."""
    for name in names:
        if not isinstance(script.get(name), str | None):
            raise ValueError(f"{name} must be a string")


def check_numbers(script: Mapping[str, Any], names: Iterable[str]) -> None:
    """Raises ValueError for one of these keys that is neither missing, nor null, nor a finite number of at least 0."""
    for name in names:
        value = script.get(name)
        if value is not None and not (is_number(value) and value >= 0):
            raise ValueError(f"{name} must be a number of at least 0")


def check_calls(script: Mapping[str, Any], least: int) -> None:
    """Raises ValueError if `calls` is neither missing, nor null, nor a whole number of at least `least`."""
    calls = script.get("calls")
    if calls is not None and not (isinstance(calls, int) and not isinstance(calls, bool) and calls >= least):
        raise ValueError(f"calls must be a whole number of at least {least}")


def is_number(value: Any) -> bool:
    """Whether this is a number: no boolean, no NaN, no infinity, and within what a float holds."""
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False
