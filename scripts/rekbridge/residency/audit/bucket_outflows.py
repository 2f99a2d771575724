"""Checks of where a bucket's objects and events go: replication and notifications."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from rekbridge.residency.audit.bucket_reading import Bucket, list_buckets, read_location
from rekbridge.residency.audit.subject import REDEPLOY, AuditSubject
from rekbridge.residency.audit.verdicts import AuditJudgement, Check, Status, expect, expect_none
from rekbridge.support.aws_errors import get_error_code

# Kinds of notifications, and the key of their target.
TARGETS = {
    "QueueConfigurations": "QueueArn",
    "TopicConfigurations": "TopicArn",
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
}


def create_checks(subject: AuditSubject) -> Iterator[Check]:
    """Two checks of every bucket."""
    for bucket in list_buckets(subject):
        for name, judge in JUDGES.items():
            yield Check((name,), bucket.name, bucket.region, partial(judge, bucket))


def judge_replication(bucket: Bucket) -> Iterator[AuditJudgement]:
    """Nothing is replicated, or only to this account and to regions that may have images."""
    answer = bucket.read("get_bucket_replication", "ReplicationConfigurationNotFoundError")
    rules = answer.get("ReplicationConfiguration", {}).get("Rules", [])
    targets = [rule["Destination"] for rule in rules if rule.get("Status") == "Enabled"]
    judgements = [_judge_target(bucket, target) for target in targets]
    worst = [one for one in judgements if one.status is Status.FAILED] or [
        one for one in judgements if one.status is Status.UNKNOWN
    ]
    seen = "; ".join(one.seen for one in judgements) or "no replication"
    yield AuditJudgement(worst[0].status, seen, worst[0].next_step) if worst else AuditJudgement(Status.PASSED, seen)


def _judge_target(bucket: Bucket, target: Mapping[str, Any]) -> AuditJudgement:
    subject, name = bucket.subject, target["Bucket"].rpartition(":")[2]
    remove = f"Remove the rule: aws s3api delete-bucket-replication --bucket {bucket.name} --region {bucket.region}"
    if target.get("Account") not in {None, subject.account}:
        return AuditJudgement(Status.FAILED, f"replicates to {name} of the account {target['Account']}", remove)
    try:
        region = read_location(bucket.s3, name)
    except ClientError as error:
        return AuditJudgement(
            Status.UNKNOWN,
            f"replicates to {name}, whose region cannot be read ({get_error_code(error)})",
            f"Find out where {name} is: allow s3:GetBucketLocation on it. {remove}",
        )
    allowed = subject.allowed_regions
    return expect(region in allowed, f"replicates to {name} in {region}", f"{region} is not allowed. {remove}")


def judge_notifications(bucket: Bucket) -> Iterator[AuditJudgement]:
    """Notifications go to the deployment's own queue or topic."""
    answer = bucket.read("get_bucket_notification_configuration")
    targets = [target[arn] for key, arn in TARGETS.items() for target in answer.get(key, [])]
    if "EventBridgeConfiguration" in answer:
        targets.append("EventBridge, whose rules decide further")
    subject = bucket.subject
    prefix = f"arn:{subject.partition}:{{}}:{bucket.region}:{subject.account}:{subject.prefix}"
    own = {"media": f"{prefix.format('sqs')}-uploads", "staging": f"{prefix.format('sns')}-events"}.get(bucket.role)
    yield expect_none(
        [f"events go to {target}" for target in targets if target != own],
        f"events go to {', '.join(targets)}" if targets else "no notifications",
        REDEPLOY,
    )


JUDGES: dict[str, Callable[[Bucket], Iterator[AuditJudgement]]] = {
    "bucket-replication": judge_replication,
    "bucket-notifications": judge_notifications,
}
