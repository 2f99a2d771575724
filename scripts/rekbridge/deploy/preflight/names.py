"""The names that a first deployment takes, and which of them exist already. Bucket and role names are the widest:
buckets are unique in the world, roles in the whole account, whatever region they were created for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from rekbridge.deploy.preflight.settings import DeploymentSettings
from rekbridge.support.aws_errors import get_error_code

FUNCTIONS = ("ingest", "bridge", "analyze", "route", "sweep", "api")
type Exists = Callable[[Any, str], bool]


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """A kind of resource with a name of its own: how to find one, the permission for it, and how to remove one."""

    title: str
    service: str
    exists: Exists
    permission: str
    # With `{name}` and `{region}`.
    removal: str
    holds_data: bool = False


@dataclass(frozen=True, slots=True)
class TakenName:
    """A name that a deployment would take. `name` is what AWS's call wants: a topic's is its ARN."""

    kind: ResourceKind
    name: str
    region: str


def find_by_call(method: str, parameter: str, *absent: str) -> Exists:
    """Return a function that calls `method`, and takes the error codes `absent` for "no"."""

    def exists(client: Any, name: str) -> bool:
        try:
            getattr(client, method)(**{parameter: name})
        except ClientError as error:
            if get_error_code(error) in absent:
                return False
            raise
        return True

    return exists


def find_log_group(client: Any, name: str) -> bool:
    """Return whether there is a log group of exactly this name: AWS finds by beginnings."""
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    return any(group["logGroupName"] == name for page in pages for group in page["logGroups"])


def find_alias(client: Any, name: str) -> bool:
    """Return whether a key has this alias."""
    return any(
        alias["AliasName"] == name
        for page in client.get_paginator("list_aliases").paginate()
        for alias in page["Aliases"]
    )


BUCKET = ResourceKind(
    "bucket", "s3", find_by_call("head_bucket", "Bucket", "404", "NoSuchBucket"), "s3:ListBucket",
    "aws s3 rb s3://{name} --force --region {region}", holds_data=True,
)  # fmt: skip
TABLE = ResourceKind(
    "table", "dynamodb", find_by_call("describe_table", "TableName", "ResourceNotFoundException"),
    "dynamodb:DescribeTable", "aws dynamodb delete-table --table-name {name} --region {region}", holds_data=True,
)  # fmt: skip
QUEUE = ResourceKind(
    "queue", "sqs",
    find_by_call("get_queue_url", "QueueName", "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
    "sqs:GetQueueUrl",
    "aws sqs delete-queue --region {region} --queue-url "
    "$(aws sqs get-queue-url --region {region} --queue-name {name} --query QueueUrl --output text)", holds_data=True,
)  # fmt: skip
FUNCTION = ResourceKind(
    "function", "lambda", find_by_call("get_function", "FunctionName", "ResourceNotFoundException"),
    "lambda:GetFunction", "aws lambda delete-function --function-name {name} --region {region}",
)  # fmt: skip
ROLE = ResourceKind(
    "role", "iam", find_by_call("get_role", "RoleName", "NoSuchEntity"), "iam:GetRole",
    "aws iam delete-role-policy --role-name {name} --policy-name permissions; aws iam delete-role --role-name {name}",
)  # fmt: skip
LOG_GROUP = ResourceKind(
    "log group", "logs", find_log_group, "logs:DescribeLogGroups",
    "aws logs delete-log-group --log-group-name {name} --region {region}",
)  # fmt: skip
EVENT_BUS = ResourceKind(
    "event bus", "events", find_by_call("describe_event_bus", "Name", "ResourceNotFoundException"),
    "events:DescribeEventBus", "aws events delete-event-bus --name {name} --region {region}",
)  # fmt: skip
RULE = ResourceKind(
    "rule", "events", find_by_call("describe_rule", "Name", "ResourceNotFoundException"), "events:DescribeRule",
    "aws events delete-rule --name {name} --region {region}",
)  # fmt: skip
TOPIC = ResourceKind(
    "topic", "sns", find_by_call("get_topic_attributes", "TopicArn", "NotFound", "NotFoundException"),
    "sns:GetTopicAttributes", "aws sns delete-topic --topic-arn {name} --region {region}",
)  # fmt: skip
ALIAS = ResourceKind(
    "key alias", "kms", find_alias, "kms:ListAliases", "aws kms delete-alias --alias-name {name} --region {region}"
)


def iterate_names(settings: DeploymentSettings, account: str) -> Iterator[TakenName]:
    """Yield every name that a first deployment takes, except that of the secret (tests/plan compares them)."""
    prefix, home, remote = settings.prefix, settings.home, settings.remote
    for bucket in ("media", "prepared", "results"):
        yield TakenName(BUCKET, f"{prefix}-{bucket}-{account}-{home}", home)
    yield TakenName(BUCKET, f"{prefix}-staging-{account}-{remote}", remote)
    for table in ("library", "claims", "rate-limit"):
        yield TakenName(TABLE, f"{prefix}-{table}", home)
    for queue in ("uploads", "results", "bridge", *(f"work-{operation}" for operation in settings.operations)):
        yield TakenName(QUEUE, f"{prefix}-{queue}", home)
        yield TakenName(QUEUE, f"{prefix}-{queue}-dlq", home)
    yield TakenName(QUEUE, f"{prefix}-sweep-delivery-dlq", home)
    yield TakenName(QUEUE, f"{prefix}-events-delivery-dlq", remote)
    for function in FUNCTIONS:
        yield TakenName(FUNCTION, f"{prefix}-{function}", home)
        yield TakenName(ROLE, f"{prefix}-{function}", home)
        yield TakenName(LOG_GROUP, f"/aws/lambda/{prefix}-{function}", home)
    yield TakenName(LOG_GROUP, f"/aws/apigateway/{prefix}-api", home)
    yield TakenName(EVENT_BUS, prefix, home)
    yield TakenName(RULE, f"{prefix}-sweep", home)
    yield TakenName(TOPIC, f"arn:{settings.partition}:sns:{remote}:{account}:{prefix}-events", remote)
    yield TakenName(ALIAS, f"alias/{prefix}-events", remote)
