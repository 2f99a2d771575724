"""Checks of every table: where it is, whether it is copied, how it is encrypted, whether it can be restored."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from rekbridge.residency.audit.subject import REDEPLOY, AuditSubject
from rekbridge.residency.audit.verdicts import AuditJudgement, Check, expect, expect_none

# Made anew by the next call: an old state would be wrong.
NOT_RESTORED = {"rate_limit"}


def create_checks(subject: AuditSubject) -> Iterator[Check]:
    """Two readings of each table."""
    for role, name in sorted(subject.deployed.outputs["tables"].items()):
        names = ("table-region", "table-replicas", "table-encryption")
        yield Check(names, name, subject.home, partial(judge_table, subject, name))
        if role not in NOT_RESTORED:
            yield Check(("table-backups",), name, subject.home, partial(judge_backups, subject, name))


def judge_table(subject: AuditSubject, name: str) -> Iterator[AuditJudgement]:
    """At home, not a global table, encrypted with the expected key."""
    table: dict[str, Any] = subject.client("dynamodb", subject.home).describe_table(TableName=name)["Table"]
    region = table["TableArn"].split(":")[3]
    yield expect(region == subject.home, f"in {region}", f"It must be in {subject.home}.")
    replicas = [replica["RegionName"] for replica in table.get("Replicas", []) if replica["RegionName"] != subject.home]
    yield expect_none(
        [f"replicated to {replica}" for replica in replicas],
        "no replicas",
        "Remove the replicas: "
        + "; ".join(
            f"aws dynamodb update-table --table-name {name} --region {subject.home} "
            f"--replica-updates 'Delete={{RegionName={replica}}}'"
            for replica in replicas
        ),
    )
    encryption, expected = table.get("SSEDescription", {}), subject.get_key(subject.home)
    key = encryption.get("KMSMasterKeyArn") if encryption.get("Status") in {"ENABLED", "ENABLING"} else None
    yield expect(
        key == expected if expected else True,
        f"encrypted with {key or 'a key of DynamoDB'}",
        f"Expected: {expected}. {REDEPLOY}",
    )


def judge_backups(subject: AuditSubject, name: str) -> Iterator[AuditJudgement]:
    """The record of what left home can be restored to a point in time."""
    answer = subject.client("dynamodb", subject.home).describe_continuous_backups(TableName=name)
    recovery = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    status = recovery.get("PointInTimeRecoveryStatus", "DISABLED")
    yield expect(status == "ENABLED", f"point-in-time recovery: {status.lower()}", REDEPLOY)
