"""A deployed stack in a stubbed account, for the checks of an audit: responses as AWS sends them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from rekbridge.read_models.deployment import Deployment
from rekbridge.residency.audit.subject import AuditSubject
from rekbridge.residency.audit.verdicts import AuditJudgement, AuditVerdict, Check

from tests.unit.rekbridge.aws_account import ACCOUNT, AwsAccount, Reply

HOME, REMOTE = "eu-west-3", "eu-west-1"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
QUEUE = {"name": "q", "url": f"https://sqs.{HOME}.amazonaws.com/{ACCOUNT}/q", "dlq_name": "q-dlq", "dlq_url": "d"}
OUTPUTS: dict[str, Any] = {
    "prefix": "rekbridge",
    "target": "aws",
    "account_id": ACCOUNT,
    "regions": {"home": HOME, "remote": REMOTE},
    "buckets": {"staging": f"rekbridge-staging-{ACCOUNT}-{REMOTE}"},
    "tables": {"claims": "rekbridge-claims"},
    "functions": {"ingest": "rekbridge-ingest"},
    "topic_arn": f"arn:aws:sns:{REMOTE}:{ACCOUNT}:rekbridge-events",
    "residency": {
        "allowed_regions": [REMOTE, "eu-central-1"],
        "staging_ttl_h": 24,
        "log_retention_days": 30,
        "kms_key_arns": {"home": None, "remote": None},
    },
}


def create_subject(replies: Mapping[str, Reply], **outputs: Any) -> AuditSubject:
    """The deployment in an account with these replies, by service and operation."""
    account = AwsAccount(replies)
    return AuditSubject.create(Deployment(OUTPUTS | outputs, account.create_client), NOW)


def run_checks(room: ModuleType, replies: Mapping[str, Reply], **outputs: Any) -> list[AuditVerdict]:
    """The verdicts of one room of checks. What has no reply raises KeyError."""
    checks = room.create_checks(create_subject(replies, **outputs))
    return [verdict for check in checks for verdict in check.run()]


def judge(room: ModuleType, check: str, replies: Mapping[str, Reply], **outputs: Any) -> AuditJudgement:
    """The judgement of the one check of this name; other checks of the room are not run."""
    checks: list[Check] = [one for one in room.create_checks(create_subject(replies, **outputs)) if check in one.names]
    (verdict,) = [verdict for one in checks for verdict in one.run() if verdict.check == check]
    return verdict.judgement
