"""Whom a resource policy admits, and whether it refuses what is not TLS."""

from typing import Any

import pytest
from rekbridge.residency.audit.resource_policies import find_foreign_principals, parse_policy, requires_tls

ACCOUNT, OTHER = "123456789012", "999999999999"
ARN = "arn:aws:s3:::images"
TLS = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [ARN, f"{ARN}/*"]}
WITHOUT_TLS = {"Bool": {"aws:SecureTransport": "false"}}


def find(principal: Any, condition: dict[str, Any] | None = None, effect: str = "Allow") -> list[str]:
    """Whom a policy with one statement admits beside the account."""
    statement = {"Sid": "One", "Effect": effect, "Principal": principal, "Action": "s3:GetObject", "Resource": "*"}
    return find_foreign_principals({"Statement": [statement | {"Condition": condition or {}}]}, ACCOUNT)


@pytest.mark.parametrize(
    ("principal", "condition"),
    [
        ({"AWS": ACCOUNT}, None),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, None),
        ({"AWS": [f"arn:aws:iam::{ACCOUNT}:role/a", f"arn:aws:iam::{ACCOUNT}:role/b"]}, None),
        ("*", {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        ({"AWS": "*"}, {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}),
        ({"Service": "sns.amazonaws.com"}, {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:events"}}),
        (
            {"Service": "s3.amazonaws.com"},
            {"ArnEquals": {"aws:SourceArn": ARN}, "StringEquals": {"aws:SourceAccount": ACCOUNT}},
        ),
        (
            {"Service": "s3.amazonaws.com"},
            {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:events"}},
        ),
    ],
)
def test_the_account_and_services_that_act_for_it_are_not_foreign(principal: Any, condition: Any) -> None:
    assert find(principal, condition) == []


@pytest.mark.parametrize(
    ("principal", "condition"),
    [
        ("*", None),
        ({"AWS": "*"}, None),
        ({"AWS": OTHER}, None),
        ({"AWS": [ACCOUNT, f"arn:aws:iam::{OTHER}:role/a"]}, None),
        # AWS writes the id of a principal that was deleted.
        ({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, None),
        ({"AWS": f"arn:aws:iam::{OTHER}:root"}, {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        ({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}, None),
        ({"Federated": "cognito-identity.amazonaws.com"}, None),
        ("*", {"StringEquals": {"aws:PrincipalAccount": [ACCOUNT, OTHER]}}),
        ("*", {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        ("*", {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a"}}),
        ("*", {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),
        # The confused deputy: the service acts for whoever asks it.
        ({"Service": "s3.amazonaws.com"}, None),
        ({"Service": "s3.amazonaws.com"}, {"ArnEquals": {"aws:SourceArn": ARN}}),
        ({"Service": "sns.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{OTHER}:*"}}),
    ],
)
def test_everybody_else_is_foreign(principal: Any, condition: Any) -> None:
    (foreign,) = find(principal, condition)
    assert foreign.startswith("statement One admits")


def test_everybody_but_somebody_is_everybody() -> None:
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": OTHER}, "Action": "*", "Resource": "*"}
    assert find_foreign_principals({"Statement": statement}, ACCOUNT)


def test_who_is_denied_is_not_foreign() -> None:
    assert find("*", effect="Deny") == []


@pytest.mark.parametrize(
    "statement",
    [
        TLS | {"Condition": WITHOUT_TLS},
        TLS | {"Principal": {"AWS": "*"}, "Condition": WITHOUT_TLS},
        TLS | {"Action": ["s3:*"], "Resource": "*", "Condition": WITHOUT_TLS},
        TLS | {"Condition": {"Bool": {"aws:SecureTransport": False}}},
        # What Rekognition reads for its caller has no aws:SecureTransport.
        TLS | {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}},
    ],
)
def test_a_statement_that_denies_everything_without_tls_is_recognised(statement: dict[str, Any]) -> None:
    assert requires_tls({"Statement": [statement]}, {"s3:*"}, {ARN, f"{ARN}/*"})


@pytest.mark.parametrize(
    "statement",
    [
        TLS,
        TLS | {"Effect": "Allow", "Condition": WITHOUT_TLS},
        TLS | {"Principal": {"AWS": ACCOUNT}, "Condition": WITHOUT_TLS},
        TLS | {"Action": "s3:GetObject", "Condition": WITHOUT_TLS},
        TLS | {"Resource": ARN, "Condition": WITHOUT_TLS},
        TLS | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        TLS | {"Condition": WITHOUT_TLS | {"StringEquals": {"aws:PrincipalAccount": OTHER}}},
        TLS | {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "true"}}},
    ],
)
def test_a_statement_that_lets_something_through_is_not(statement: dict[str, Any]) -> None:
    assert not requires_tls({"Statement": [statement]}, {"s3:*"}, {ARN, f"{ARN}/*"})


def test_no_policy_admits_nobody_and_refuses_nothing() -> None:
    policy = parse_policy(None)
    assert (find_foreign_principals(policy, ACCOUNT), requires_tls(policy, {"s3:*"}, {ARN})) == ([], False)
