"""Looks in AWS, after Terraform's destroy, for what would cost or hold an image: by the deployment's exact names."""

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from rekbridge.deploy.applied_state import AppliedResource, AppliedState
from rekbridge.read_models.deployment import ClientFactory
from rekbridge.support.aws_errors import GONE_CODES, get_error_code

# SQS answers for a deleted queue for up to 60 seconds; a table is DELETING for some.
TIMEOUT_S = 90.0


def find_leftovers(
    state: AppliedState, create_client: ClientFactory, timeout_s: float = TIMEOUT_S, poll_s: float = 3.0
) -> list[AppliedResource]:
    """Return what is still there after `timeout_s` seconds.

    A log group is deleted here, again: API Gateway creates it anew when it writes the last lines of its access log.
    So is a mapping of a queue to a function.
    """
    remaining = [resource for resource in (*state.resources, *state.recorded) if resource.type in CHECKS]
    deadline = time.monotonic() + timeout_s
    while True:
        remaining = [resource for resource in remaining if _is_there(resource, create_client)]
        if not remaining or time.monotonic() > deadline:
            return remaining
        time.sleep(poll_s)


def find_key_deletion_date(key: AppliedResource, create_client: ClientFactory) -> str | None:
    """Return the day on which AWS deletes a key, as YYYY-MM-DD; None if the key is gone."""
    try:
        metadata = create_client("kms", key.region).describe_key(KeyId=key.name)["KeyMetadata"]
    except ClientError as error:
        if get_error_code(error) not in GONE_CODES:
            raise
        return None
    date = metadata.get("DeletionDate")
    return f"{date:%Y-%m-%d}" if date else None


def _is_there(resource: AppliedResource, create_client: ClientFactory) -> bool:
    service, check = CHECKS[resource.type]
    try:
        return check(create_client(service, resource.region), resource.name)
    except ClientError as error:
        if get_error_code(error) not in GONE_CODES:
            raise
        return False


def _has_bucket(s3: Any, bucket: str) -> bool:
    s3.head_bucket(Bucket=bucket)
    return True


def _has_table(dynamodb: Any, table: str) -> bool:
    dynamodb.describe_table(TableName=table)
    return True


def _has_queue(sqs: Any, url: str) -> bool:
    sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return True


def _has_topic(sns: Any, arn: str) -> bool:
    sns.get_topic_attributes(TopicArn=arn)
    return True


def _has_usable_key(kms: Any, key: str) -> bool:
    # A key that waits for its deletion costs nothing.
    return bool(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "PendingDeletion")


def _has_secret(secrets: Any, name: str) -> bool:
    return not secrets.describe_secret(SecretId=name).get("DeletedDate")


def _has_log_group(logs: Any, name: str) -> bool:
    groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    if not any(group["logGroupName"] == name for group in groups):
        return False
    logs.delete_log_group(logGroupName=name)
    return True


def _has_mapping(functions: Any, mapping: str) -> bool:
    # Left by a Terraform that was killed (seen on LocalStack 4.14); it deletes in the background.
    if functions.get_event_source_mapping(UUID=mapping)["State"] != "Deleting":
        functions.delete_event_source_mapping(UUID=mapping)
    return True


CHECKS: dict[str, tuple[str, Callable[[Any, str], bool]]] = {
    "aws_s3_bucket": ("s3", _has_bucket),
    "aws_dynamodb_table": ("dynamodb", _has_table),
    "aws_sqs_queue": ("sqs", _has_queue),
    "aws_sns_topic": ("sns", _has_topic),
    "aws_kms_key": ("kms", _has_usable_key),
    "aws_secretsmanager_secret": ("secretsmanager", _has_secret),
    "aws_lambda_event_source_mapping": ("lambda", _has_mapping),
    "aws_cloudwatch_log_group": ("logs", _has_log_group),
}
