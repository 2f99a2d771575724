"""Checks of the keys: in which region they are, and who may use them."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from rekbridge.residency.audit import messaging
from rekbridge.residency.audit.resource_policies import find_foreign_principals, parse_policy
from rekbridge.residency.audit.subject import AuditSubject
from rekbridge.residency.audit.verdicts import AuditJudgement, Check, expect, expect_none
from rekbridge.support.errors import OperatorError

NAMES = ("key-region", "key-principals")


def create_checks(subject: AuditSubject) -> Iterator[Check]:
    """The key of the remote topic, which is the operator's or the deployment's own, and the operator's at home."""
    yield Check(NAMES, "key of the topic", subject.remote, partial(judge_topic_key, subject))
    if key := subject.get_key(subject.home):
        yield Check(NAMES, key, subject.home, partial(judge_key, subject, subject.home, key))


def judge_topic_key(subject: AuditSubject) -> Iterator[AuditJudgement]:
    """The key that the topic has now."""
    key = messaging.read_topic(subject).get("KmsMasterKeyId")
    if not key:
        raise OperatorError("The topic has no key.", "See the check topic-encryption.")
    return judge_key(subject, subject.remote, key)


def judge_key(subject: AuditSubject, region: str, key: str) -> Iterator[AuditJudgement]:
    """In its region only, enabled, and for nobody else."""
    kms = subject.client("kms", region)
    metadata: dict[str, Any] = kms.describe_key(KeyId=key)["KeyMetadata"]
    arn = metadata["Arn"]
    faults = [
        *([f"its region is {arn.split(':')[3]}"] if arn.split(":")[3] != region else []),
        *(["it is a multi-Region key: copies of it may decrypt elsewhere"] if metadata.get("MultiRegion") else []),
        *([f"its state is {metadata['KeyState']}"] if metadata["KeyState"] != "Enabled" else []),
        *([f"it belongs to the account {arn.split(':')[4]}"] if arn.split(":")[4] != subject.account else []),
    ]
    yield expect_none(
        faults, f"{arn}, single-Region, enabled", "Use an enabled single-Region key of the account: kms_key_arns."
    )
    answer = kms.get_key_policy(KeyId=metadata["KeyId"], PolicyName="default")
    foreign = find_foreign_principals(parse_policy(answer["Policy"]), subject.account)
    yield expect(
        not foreign,
        "; ".join(foreign) or "its policy admits only the account and services that act for it",
        "Remove these statements from the key's policy: aws kms put-key-policy. Needed is: docs/organisation.md.",
    )
