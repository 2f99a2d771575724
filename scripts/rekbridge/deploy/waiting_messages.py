"""How much is in what a plan would delete, as far as the operator may read it."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rekbridge.terraform.changes import PlannedChanges

# Waiting, hidden by a consumer or by a wait, and delayed: all of them are lost with the queue.
COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def read_waiting(planned: PlannedChanges, create_client: Callable[[str, str], Any]) -> dict[str, str]:
    """Return by address what is known about each queue that is lost. `create_client` takes a service and a region."""
    return {
        change.address: _describe_queue(change.before["arn"], change.before["url"], create_client)
        for change in planned.data_losses
        # A queue that a killed apply was creating has no address yet, and nobody can have sent to it.
        if change.type == "aws_sqs_queue" and change.before.get("arn") and change.before.get("url")
    }


def _describe_queue(arn: str, url: str, create_client: Callable[[str, str], Any]) -> str:
    region, name = arn.split(":")[3], arn.split(":")[5]
    try:
        response = create_client("sqs", region).get_queue_attributes(QueueUrl=url, AttributeNames=list(COUNTS))
    except (BotoCoreError, ClientError) as error:
        return f"{name}; its messages cannot be counted: {error}"
    count = sum(int(response["Attributes"].get(attribute, 0)) for attribute in COUNTS)
    return f"{count:,} {'message is' if count == 1 else 'messages are'} in {name}"
