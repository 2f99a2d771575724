"""Checks parameters against Rekognition's limits (operations.json), with messages that say what would be valid."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from rekbridge_lambda.domain.errors import InvalidParameter
from rekbridge_lambda.domain.operations import DeployedOperation, Operation

type ParameterLimits = Mapping[str, Any]

# The JSON types of each type in Rekognition's model, and their name in messages.
JSON_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "structure": ((dict,), "an object"),
    "list": ((list,), "a list"),
    "string": ((str,), "a string"),
    "integer": ((int,), "an integer"),
    "float": ((int, float), "a number"),
}
# Rekognition's integers have 32 bits, and it accepts no greater number; NaN fails this comparison too.
MAX_NUMBER = 2**31 - 1
MAX_REPORTED = 5


# It shows the image to people, from a bucket outside the home region.
FORBIDDEN_PARAMETER = "HumanLoopConfig"


def apply_parameters(operation: DeployedOperation, overrides: dict[str, Any]) -> DeployedOperation:
    """The operation with a caller's parameters over the deployed ones. Raises InvalidParameter."""
    if FORBIDDEN_PARAMETER in overrides:
        raise InvalidParameter(
            f"{FORBIDDEN_PARAMETER} is not available: people outside the home region would see the image"
        )
    merged = replace(operation, settings=operation.settings | overrides)
    return replace(operation, settings=normalize_parameters(operation.definition, merged.parameters))


def normalize_parameters(operation: Operation, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters in the canonical form that result keys use. Raises InvalidParameter with every fault."""
    normalized = {name: canonicalize(value) for name, value in parameters.items()}
    limits = {"type": "structure", "members": operation.parameters, "required": operation.required}
    faults = list(find_faults(normalized, limits, ""))
    if faults:
        more = f"; and {len(faults) - MAX_REPORTED} more" if len(faults) > MAX_REPORTED else ""
        raise InvalidParameter(f"{operation.action}: " + "; ".join(faults[:MAX_REPORTED]) + more)
    return normalized


def find_faults(value: Any, limits: ParameterLimits, path: str) -> Iterator[str]:
    """Every reason why Rekognition would refuse a value, with what would be valid."""
    types, word = JSON_TYPES[limits["type"]]
    if isinstance(value, bool) or not isinstance(value, types):
        yield f"{path} has to be {word}, not {format_value(value)}"
        return
    match value:
        case dict():
            yield from find_member_faults(value, limits, path)
        case list():
            yield from find_range_faults(len(value), limits, f"the number of items in {path}")
            for number, item in enumerate(value):
                yield from find_faults(item, limits["items"], f"{path}[{number}]")
        case str():
            yield from find_text_faults(value, limits, path)
        case int() | float() if abs(value) <= MAX_NUMBER:
            yield from find_range_faults(value, limits, path)
        case _:
            yield f"{path} has to be a number of {-MAX_NUMBER} to {MAX_NUMBER}"


def find_member_faults(value: Mapping[str, Any], limits: ParameterLimits, path: str) -> Iterator[str]:
    """Faults of an object's members, and missing members."""
    members = limits["members"]
    whole = path or "the request"
    for name in value:
        if name not in members:
            yield f"{whole} takes no {format_value(name)}" + (f", only {', '.join(members)}" if members else "")
    for name in limits.get("required", []):
        if name not in value:
            yield f"{whole} needs {name}"
    for name in members:
        if name in value:
            yield from find_faults(value[name], members[name], f"{path}.{name}" if path else name)


def find_text_faults(value: str, limits: ParameterLimits, path: str) -> Iterator[str]:
    """Faults of a string."""
    yield from find_range_faults(len(value), limits, f"the length of {path}")
    if "enum" in limits and value not in limits["enum"]:
        yield f"{path} has to be one of {', '.join(limits['enum'])}, not {format_value(value)}"
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value, re.ASCII):
        yield f"{path} has to match {limits['pattern']}, which {format_value(value)} does not"


def find_range_faults(value: float, limits: ParameterLimits, path: str) -> Iterator[str]:
    """The fault of a number or length outside its limits."""
    minimum, maximum = limits.get("min"), limits.get("max")
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        bounds = (
            f"{minimum} or more"
            if maximum is None
            else f"{maximum} or less"
            if minimum is None
            else f"{minimum} to {maximum}"
        )
        yield f"{path} has to be {bounds}, not {value}"


def canonicalize(value: Any) -> Any:
    """The same value in one form: 70.0 becomes 70, also where an integer is required (JSON Schema: integer)."""
    match value:
        case dict():
            return {name: canonicalize(item) for name, item in value.items()}
        case list():
            return [canonicalize(item) for item in value]
        case float() if value.is_integer():
            return int(value)
    return value


def format_value(value: Any) -> str:
    """A value for an error message, shortened to 60 characters."""
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
