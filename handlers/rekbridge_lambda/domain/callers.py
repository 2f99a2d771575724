"""Callers of the REST API, and the keys of the media bucket that each may name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

from rekbridge_lambda.domain.errors import NotYourPrefix

type CallerKind = Literal["role", "user", "federated", "root", "anonymous"]

# AWS: IAM identifiers. Names are unique in an account whatever their path, which the ARN of a session does not show.
NAME = r"[\w+=,.@-]+"
ARNS: tuple[tuple[CallerKind, str], ...] = (
    ("role", rf"arn:[a-z-]+:sts::(?P<account>\d{{12}}):assumed-role/(?P<name>{NAME})(/{NAME})?"),
    ("role", rf"arn:[a-z-]+:iam::(?P<account>\d{{12}}):role/([^/]+/)*(?P<name>{NAME})"),
    ("user", rf"arn:[a-z-]+:iam::(?P<account>\d{{12}}):user/([^/]+/)*(?P<name>{NAME})"),
    ("federated", rf"arn:[a-z-]+:sts::(?P<account>\d{{12}}):federated-user/(?P<name>{NAME})"),
    ("root", r"arn:[a-z-]+:iam::(?P<account>\d{12}):(?P<name>root)"),
    # A request without a signature: only an emulator passes one on.
    ("anonymous", "(?P<account>)(?P<name>anonymous)"),
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a request: a role whatever its session is called, a user, or the account's root."""

    kind: CallerKind
    account: str
    name: str


def parse_caller(arn: str) -> Caller | None:
    """The caller with this ARN: of a user, of a role, or of a session of it. None for any other text.

    >>> parse_caller("arn:aws:sts::123456789012:assumed-role/Uploader/session-17")
    Caller(kind='role', account='123456789012', name='Uploader')
    >>> parse_caller("arn:aws:iam::123456789012:role/service/Uploader")
    Caller(kind='role', account='123456789012', name='Uploader')
    """
    for kind, pattern in ARNS:
        if match := re.fullmatch(pattern, arn, re.ASCII):
            return Caller(kind, match["account"], match["name"])
    return None


@dataclass(frozen=True, slots=True)
class KeyPolicy:
    """Which keys a caller may name: those with its own prefix, or every key if it is trusted."""

    account_id: str
    trusted: frozenset[Caller]

    @classmethod
    def from_arns(cls, account_id: str, trusted_arns: Iterable[str]) -> Self:
        """The policy of an account. An ARN of an unknown form trusts nobody."""
        return cls(account_id, frozenset(filter(None, map(parse_caller, trusted_arns))))

    def check_key(self, arn: str, key: str) -> None:
        """Raises NotYourPrefix, before anything is looked up, unless the caller with this ARN may name the key."""
        caller = parse_caller(arn)
        if caller in self.trusted:
            return
        if caller is None or caller.kind == "anonymous":
            raise NotYourPrefix("this caller has no keys of its own: sign the request as a role or a user")
        prefix = self.make_prefix(caller)
        if not key.startswith(f"{prefix}/"):
            raise NotYourPrefix(
                f"this caller may only name keys that begin with {prefix}/: use such a key, or have the caller added "
                "to api_trusted_callers"
            )

    def make_prefix(self, caller: Caller) -> str:
        """The first part of the caller's keys; two callers never have the same.

        A caller of another account has its number in front: no kind of caller begins with digits.
        """
        own = caller.kind if caller.kind == "root" else f"{caller.kind}-{caller.name}"
        return own if caller.account == self.account_id else f"{caller.account}-{own}"
