"""Reads resource policies: whether they refuse what is not TLS, and whether they admit anybody else's principals."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

type Policy = Mapping[str, Any]

# Condition operators whose values a request must equal. A value with a wildcard for the account names no account.
EQUALS = {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"}
# Keys that say whose request it is, or on whose behalf a service makes it.
ACCOUNT_KEYS = {
    "aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:principalaccount", "aws:principalarn",
    "kms:calleraccount",
}  # fmt: skip
CONTEXT_KEY = "kms:encryptioncontext:"


def parse_policy(text: str | None) -> Policy:
    """Return a policy document; without text, one without statements."""
    document: Policy = json.loads(text) if text else {"Statement": []}
    return document


def requires_tls(policy: Policy, actions: set[str], resources: set[str]) -> bool:
    """Return whether a statement denies everybody one of `actions` on all of `resources` without TLS."""
    return any(
        statement["Effect"] == "Deny"
        and _names_everybody(statement.get("Principal"))
        and set(_as_list(statement.get("Action"))) & {*actions, "*"}
        and ({*resources} <= set(_as_list(statement.get("Resource"))) or "*" in _as_list(statement.get("Resource")))
        and _denies_without_tls(statement.get("Condition", {}))
        for statement in _as_list(policy["Statement"])
    )


def find_foreign_principals(policy: Policy, account: str) -> list[str]:
    """Return whom a policy admits beside this account and services that act for it, in words."""
    return [
        foreign
        for statement in _as_list(policy["Statement"])
        if statement["Effect"] == "Allow"
        for foreign in _find_in_statement(statement, account)
    ]


def _find_in_statement(statement: Mapping[str, Any], account: str) -> Iterator[str]:
    name = f"statement {statement['Sid']}" if statement.get("Sid") else "a statement without Sid"
    if "NotPrincipal" in statement:
        yield f"{name} admits everybody but {json.dumps(statement['NotPrincipal'])}"
        return
    is_bound = _is_bound_to(statement.get("Condition", {}), account)
    principals = statement.get("Principal", {})
    for kind, values in ({"AWS": "*"} if principals == "*" else principals).items():
        for value in _as_list(values):
            if kind == "AWS" and _is_of_account(value, account):
                continue
            if is_bound and (value == "*" or kind == "Service"):
                continue
            yield f"{name} admits {'everybody' if value == '*' else f'{kind} {value}'}" + (
                " for every account" if kind == "Service" else ""
            )


def _is_bound_to(condition: Mapping[str, Mapping[str, Any]], account: str) -> bool:
    """Whether a condition holds only for requests of this account, or that a service makes on its behalf."""
    return any(
        all(_is_of_account(value, account) for value in _as_list(values))
        for operator, keys in condition.items()
        if operator in EQUALS
        for key, values in keys.items()
        if key.lower() in ACCOUNT_KEYS or key.lower().startswith(CONTEXT_KEY)
    )


def _is_of_account(value: str, account: str) -> bool:
    return value == account or (value.startswith("arn:") and value.split(":")[4:5] == [account])


def _names_everybody(principal: Any) -> bool:
    return principal == "*" or (isinstance(principal, Mapping) and "*" in _as_list(principal.get("AWS", [])))


def _denies_without_tls(condition: Mapping[str, Mapping[str, Any]]) -> bool:
    if set(condition) != {"Bool"}:
        return False
    keys = {key.lower(): str(value).lower() for key, value in condition["Bool"].items()}
    # What AWS itself does for a caller, as Rekognition with a staged copy, has no aws:SecureTransport of its own.
    via_service = keys.pop("aws:viaawsservice", "false")
    return keys == {"aws:securetransport": "false"} and via_service == "false"


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
