"""Evaluates IAM policies and service control policies, as far as ours go: actions, resources, and five operators."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

type PolicyStatement = Mapping[str, Any]


@dataclass(frozen=True)
class AwsRequest:
    """A request as a policy sees it."""

    action: str
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)


def is_allowed(statements: Iterable[PolicyStatement], request: AwsRequest) -> bool:
    """Return whether a statement allows the request, and none denies it."""
    applying = [statement["Effect"] for statement in statements if applies(statement, request)]
    return "Allow" in applying and "Deny" not in applying


def is_denied(statements: Iterable[PolicyStatement], request: AwsRequest) -> bool:
    """Return whether a statement denies the request."""
    return any(statement["Effect"] == "Deny" and applies(statement, request) for statement in statements)


def applies(statement: PolicyStatement, request: AwsRequest) -> bool:
    """Return whether a statement is about the request."""
    if "NotAction" in statement:
        about_action = not any(matches(pattern, request.action, re.IGNORECASE) for pattern in statement["NotAction"])
    else:
        about_action = any(matches(pattern, request.action, re.IGNORECASE) for pattern in statement["Action"])
    resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
    return (
        about_action
        and any(matches(pattern, request.resource) for pattern in resources)
        and all(
            holds(operator, request.context.get(key), values)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def holds(operator: str, value: str | None, expected: list[str]) -> bool:
    """Return whether a condition holds. A negated operator holds for a key that the request does not have."""
    if operator == "StringNotEquals":
        return value not in expected
    if value is None:
        return False
    if operator in {"StringEquals", "Bool"}:
        return value in expected
    if operator in {"StringLike", "ArnLike"}:
        return any(matches(pattern, value) for pattern in expected)
    raise NotImplementedError(operator)


def matches(pattern: str, text: str, flags: int = 0) -> bool:
    """Return whether a text matches a pattern with * and ?."""
    expression = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(expression, text, flags | re.DOTALL) is not None
