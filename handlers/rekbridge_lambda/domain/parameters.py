"""Whether Rekognition takes these parameters (limits: operations.json), said so that a caller can mend them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from rekbridge_lambda.domain.errors import InvalidParameter
from rekbridge_lambda.domain.operations import Operation, Planned

type Limits = Mapping[str, Any]

# What JSON has for a type of Rekognition's model, and the word for it.
KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "structure": ((dict,), "an object"),
    "list": ((list,), "a list"),
    "string": ((str,), "a string"),
    "integer": ((int,), "an integer"),
    "float": ((int, float), "a number"),
}
# Rekognition's integers have 32 bits, and no number that it takes is greater; NaN is not below it either.
LARGEST = 2**31 - 1
MOST_TOLD = 5


# It shows the image to people, from a bucket outside home.
NOT_OFFERED = "HumanLoopConfig"


def asked(planned: Planned, named: dict[str, Any]) -> Planned:
    """The operation with what a caller names in place of what is deployed. Raises InvalidParameter."""
    if NOT_OFFERED in named:
        raise InvalidParameter(f"{NOT_OFFERED} is not offered here: the image would be kept, and seen, outside home")
    both = replace(planned, settings=planned.settings | named)
    return replace(planned, settings=normalized(planned.operation, both.parameters))


def normalized(operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters in the one form that result keys are made of. Raises InvalidParameter with all that is wrong."""
    found = {name: canonical(value) for name, value in given.items()}
    limits = {"type": "structure", "members": operation.parameters, "required": operation.required}
    wrong = list(faults(found, limits, ""))
    if wrong:
        more = f"; and {len(wrong) - MOST_TOLD} more" if len(wrong) > MOST_TOLD else ""
        raise InvalidParameter(f"{operation.action}: " + "; ".join(wrong[:MOST_TOLD]) + more)
    return found


def faults(value: Any, limits: Limits, place: str) -> Iterator[str]:
    """Every reason why Rekognition would refuse a value, with what it would take."""
    types, word = KINDS[limits["type"]]
    if isinstance(value, bool) or not isinstance(value, types):
        yield f"{place} has to be {word}, not {told(value)}"
        return
    match value:
        case dict():
            yield from of_members(value, limits, place)
        case list():
            yield from of_range(len(value), limits, f"the number of items in {place}")
            for number, item in enumerate(value):
                yield from faults(item, limits["items"], f"{place}[{number}]")
        case str():
            yield from of_text(value, limits, place)
        case int() | float() if abs(value) <= LARGEST:
            yield from of_range(value, limits, place)
        case _:
            yield f"{place} has to be a number of {-LARGEST} to {LARGEST}"


def of_members(value: Mapping[str, Any], limits: Limits, place: str) -> Iterator[str]:
    """What is wrong with an object's members, and with those that it has not."""
    members = limits["members"]
    whole = place or "the request"
    for name in value:
        if name not in members:
            yield f"{whole} takes no {told(name)}" + (f", only {', '.join(members)}" if members else "")
    for name in limits.get("required", []):
        if name not in value:
            yield f"{whole} needs {name}"
    for name in members:
        if name in value:
            yield from faults(value[name], members[name], f"{place}.{name}" if place else name)


def of_text(value: str, limits: Limits, place: str) -> Iterator[str]:
    """What is wrong with a string."""
    yield from of_range(len(value), limits, f"the length of {place}")
    if "enum" in limits and value not in limits["enum"]:
        yield f"{place} has to be one of {', '.join(limits['enum'])}, not {told(value)}"
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value, re.ASCII):
        yield f"{place} has to match {limits['pattern']}, which {told(value)} does not"


def of_range(value: float, limits: Limits, place: str) -> Iterator[str]:
    """Whether a number, or a length, lies within the limits."""
    least, most = limits.get("min"), limits.get("max")
    if (least is not None and value < least) or (most is not None and value > most):
        bounds = f"{least} or more" if most is None else f"{most} or less" if least is None else f"{least} to {most}"
        yield f"{place} has to be {bounds}, not {value}"


def canonical(value: Any) -> Any:
    """The same value in one writing: 70.0 is 70, also where an integer is asked for (JSON Schema: integer)."""
    match value:
        case dict():
            return {name: canonical(item) for name, item in value.items()}
        case list():
            return [canonical(item) for item in value]
        case float() if value.is_integer():
            return int(value)
    return value


def told(value: Any) -> str:
    """A value as an error message shows it."""
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
