"""Callers by their ARNs, and the keys that each may name."""

import pytest
from rekbridge_lambda.domain.callers import Caller, KeyPolicy, parse_caller
from rekbridge_lambda.domain.errors import NotYourPrefix

ACCOUNT, OTHER = "123456789012", "210987654321"

# The ARNs of one caller each, and the first part of its keys in ACCOUNT.
PREFIXES = {
    f"arn:aws:sts::{ACCOUNT}:assumed-role/Uploader": "role-Uploader",
    f"arn:aws:iam::{ACCOUNT}:user/anna": "user-anna",
    f"arn:aws:iam::{ACCOUNT}:user/Uploader": "user-Uploader",
    f"arn:aws:sts::{ACCOUNT}:federated-user/anna": "federated-anna",
    f"arn:aws:iam::{ACCOUNT}:root": "root",
    f"arn:aws:iam::{ACCOUNT}:user/root": "user-root",
    f"arn:aws:sts::{OTHER}:assumed-role/Uploader": f"{OTHER}-role-Uploader",
    f"arn:aws-us-gov:iam::{OTHER}:user/+=,.@-_": f"{OTHER}-user-+=,.@-_",
    f"arn:aws:iam::{OTHER}:root": f"{OTHER}-root",
}
UNKNOWN = [
    "",
    "anna",
    "arn:aws:iam::123:user/anna",
    f"arn:aws:iam::{ACCOUNT}:user/",
    f"arn:aws:iam::{ACCOUNT}:user/an na",
    f"arn:aws:iam::{ACCOUNT}:user/anna\n",
    f"arn:aws:iam::{ACCOUNT}:group/anna",
    f"arn:aws:sts::{ACCOUNT}:assumed-role/",
    f"arn:aws:sts::{ACCOUNT}:assumed-role/a/b/c",
    f"arn:aws:iam::{ACCOUNT}:role/*",
    f"arn:aws:s3::{ACCOUNT}:user/anna",
]


def is_allowed(policy: KeyPolicy, arn: str, key: str) -> bool:
    try:
        policy.check_key(arn, key)
    except NotYourPrefix:
        return False
    return True


@pytest.mark.parametrize(("arn", "prefix"), PREFIXES.items())
def test_a_caller_may_name_the_keys_with_its_own_prefix_only(arn: str, prefix: str) -> None:
    policy = KeyPolicy.from_arns(ACCOUNT, [])
    assert is_allowed(policy, arn, f"{prefix}/cat.jpg")
    others = [*set(PREFIXES.values()) - {prefix}, f"{prefix}-2", f"{prefix[:-1]}", f" {prefix}", "anna", ""]
    assert [other for other in others if is_allowed(policy, arn, f"{other}/cat.jpg")] == []
    assert not is_allowed(policy, arn, prefix)


def test_the_error_names_the_prefix_of_the_caller() -> None:
    with pytest.raises(NotYourPrefix, match=r"role-Uploader/") as error:
        KeyPolicy.from_arns(ACCOUNT, []).check_key(f"arn:aws:sts::{ACCOUNT}:assumed-role/Uploader", "anna/cat.jpg")
    assert error.value.code == "not-your-prefix"
    assert "anna" not in str(error.value)


@pytest.mark.parametrize(
    ("arn", "trusted"),
    [
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Uploader", f"arn:aws:iam::{ACCOUNT}:role/Uploader"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Uploader", f"arn:aws:iam::{ACCOUNT}:role/teams/web/Uploader"),
        (f"arn:aws:iam::{ACCOUNT}:user/staff/anna", f"arn:aws:iam::{ACCOUNT}:user/staff/anna"),
        (f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:root"),
        ("anonymous", "anonymous"),
    ],
)
def test_a_trusted_caller_may_name_every_key(arn: str, trusted: str) -> None:
    assert is_allowed(KeyPolicy.from_arns(ACCOUNT, [trusted]), arn, "anna/cat.jpg")


@pytest.mark.parametrize("trusted", [f"arn:aws:iam::{ACCOUNT}:user/Uploader", f"arn:aws:iam::{OTHER}:role/Uploader"])
def test_trusting_another_caller_of_the_same_name_trusts_nobody_else(trusted: str) -> None:
    policy = KeyPolicy.from_arns(ACCOUNT, [trusted])
    assert not is_allowed(policy, f"arn:aws:sts::{ACCOUNT}:assumed-role/Uploader", "anna/cat.jpg")


@pytest.mark.parametrize("arn", UNKNOWN)
def test_an_arn_of_another_form_has_no_keys_and_is_never_trusted(arn: str) -> None:
    assert parse_caller(arn) is None
    policy = KeyPolicy.from_arns(ACCOUNT, [arn])
    assert not is_allowed(policy, arn, "anna/cat.jpg")
    assert not is_allowed(policy, arn, f"user-{arn}/cat.jpg")


def test_a_caller_without_a_signature_has_no_keys() -> None:
    assert not is_allowed(KeyPolicy.from_arns(ACCOUNT, []), "anonymous", "anonymous-anonymous/cat.jpg")


def test_all_sessions_of_a_role_are_one_caller() -> None:
    role = Caller("role", ACCOUNT, "Uploader")
    assert parse_caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/Uploader/session-1") == role
    assert parse_caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/Uploader") == role
