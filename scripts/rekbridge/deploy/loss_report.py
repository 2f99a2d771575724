"""What a removal would lose: objects, rows, waiting messages, the secret of the ids. Counting is bounded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from rekbridge.deploy.applied_state import AppliedResource, AppliedState
from rekbridge.deploy.bucket_emptying import iterate_uploads, iterate_versions
from rekbridge.read_models.deployment import ClientFactory
from rekbridge.support.aws_errors import GONE_CODES, get_error_code

# Ten requests for a bucket. In a table, a scan of 10,000 rows of a kilobyte costs a fraction of a cent.
MAX_COUNTED = 10_000
WAITING = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True, slots=True)
class Loss:
    """One resource that holds data, and what is in it, in words."""

    resource: AppliedResource
    contents: str

    def __str__(self) -> str:
        kind = {"aws_s3_bucket": "bucket", "aws_dynamodb_table": "table", "aws_sqs_queue": "queue"}
        name = self.resource.name.rpartition("/")[2] if self.resource.type == "aws_sqs_queue" else self.resource.name
        return f"{kind.get(self.resource.type, 'secret')} {name} ({self.resource.region}): {self.contents}"


def list_losses(state: AppliedState, create_client: ClientFactory) -> list[Loss]:
    """Count what is in every bucket, table and queue. What is gone already is left out; an empty queue, too."""
    counters: list[tuple[str, str, Callable[[Any, str], str]]] = [
        ("aws_s3_bucket", "s3", count_objects),
        ("aws_dynamodb_table", "dynamodb", count_rows),
        ("aws_sqs_queue", "sqs", count_messages),
    ]
    losses = [
        Loss(resource, contents)
        for kind, service, count in counters
        for resource in state.select(kind)
        if (contents := _count(count, create_client(service, resource.region), resource.name))
    ]
    secrets = [
        Loss(secret, "the ids of all images are made with it") for secret in state.select("aws_secretsmanager_secret")
    ]
    return losses + secrets


def format_losses(losses: list[Loss]) -> str:
    """Format them, one per line."""
    return "\n".join(f"  {loss}" for loss in losses)


def count_objects(s3: Any, bucket: str) -> str:
    """Count objects, versions and unfinished uploads of a bucket."""
    current = listed = 0
    for versions, markers in iterate_versions(s3, bucket):
        current += sum(bool(version.get("IsLatest", True)) for version in versions)
        listed += len(versions) + len(markers)
        if listed >= MAX_COUNTED:
            return f"{MAX_COUNTED:,} objects and versions or more"
    uploads = sum(1 for _ in iterate_uploads(s3, bucket))
    return (
        _quantify(current, "object")
        + (f", {_quantify(listed - current, 'older version')}" if listed > current else "")
        + (f", {_quantify(uploads, 'unfinished upload')}" if uploads else "")
    )


def count_rows(dynamodb: Any, table: str) -> str:
    """Count the rows of a table by a bounded scan. The table's own count is up to six hours old (DescribeTable)."""
    rows = 0
    start: dict[str, Any] = {}
    while rows < MAX_COUNTED:
        page = dynamodb.scan(TableName=table, Select="COUNT", Limit=MAX_COUNTED - rows, **start)
        rows += page["Count"]
        if "LastEvaluatedKey" not in page:
            return _quantify(rows, "row")
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    counted = dynamodb.describe_table(TableName=table)["Table"].get("ItemCount", 0)
    return f"{MAX_COUNTED:,} rows or more" + (f" (about {counted:,} by AWS's count)" if counted > MAX_COUNTED else "")


def count_messages(sqs: Any, url: str) -> str:
    """Count the waiting messages of a queue, about as SQS does; "" for an empty one."""
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=WAITING)["Attributes"]
    waiting = sum(int(attributes.get(name, 0)) for name in WAITING)
    return f"about {_quantify(waiting, 'waiting message')}" if waiting else ""


def _count(count: Callable[[Any, str], str], client: Any, name: str) -> str:
    try:
        return count(client, name)
    except ClientError as error:
        code = get_error_code(error)
        return "" if code in GONE_CODES else f"cannot be counted ({code})"


def _quantify(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
