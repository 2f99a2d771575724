"""Check an ordered answer against AWS's output shape, so that no test expects what Rekognition cannot send."""

from typing import Any

from rekbridge_engine import validation

# The JSON of each type of the service model that a served operation's output has: no blobs, timestamps or maps.
JSON_TYPES: dict[str, tuple[type | tuple[type, ...], str]] = {
    "structure": (dict, "an object"),
    "list": (list, "a list"),
    "string": (str, "a string"),
    "boolean": (bool, "true or false"),
    "integer": (int, "a whole number of 32 bits"),
    "float": ((int, float), "a number"),
}
# The largest number of each type. A comparison with NaN is false, so NaN is refused, too.
_LARGEST = {"integer": 2**31 - 1, "float": 3.4e38}


def check_answer(value: Any, shape: Any, path: str, is_patch: bool = False) -> None:
    """Raises ValueError that names the first wrong place of a decoded JSON value, for example answer.Labels[0].Name.

    In a patch, members may be missing, and null removes one. Lists are replaced whole, so what is in them is complete.
    """
    if not _has_type(value, shape.type_name):
        raise ValueError(f"{path} must be {JSON_TYPES[shape.type_name][1]}, not {_describe(value)}")
    if shape.type_name == "structure":
        _check_members(value, shape, path, is_patch)
    elif shape.type_name == "list":
        for number, item in enumerate(value):
            check_answer(item, shape.member, f"{path}[{number}]")
    for constraint in validation.find_broken_constraints(value, shape):
        raise ValueError(f"{path}: {constraint}, but it is {_describe(value)}")


def _check_members(value: dict[str, Any], shape: Any, path: str, is_patch: bool) -> None:
    for name, item in value.items():
        if name not in shape.members:
            known = ", ".join(shape.members) or "none"
            raise ValueError(f"{path}.{name} is not a member of AWS's {shape.name}; its members: {known}")
        if not (is_patch and item is None):
            check_answer(item, shape.members[name], f"{path}.{name}", is_patch)
    if missing := [name for name in shape.required_members if name not in value and not is_patch]:
        raise ValueError(f"{path}.{missing[0]} is missing; AWS always sends it")


def _has_type(value: Any, type_name: str) -> bool:
    if isinstance(value, bool):
        return type_name == "boolean"
    if type_name in _LARGEST and isinstance(value, int | float) and not abs(value) <= _LARGEST[type_name]:
        return False
    return isinstance(value, JSON_TYPES[type_name][0])


def _describe(value: Any) -> str:
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = "null" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
