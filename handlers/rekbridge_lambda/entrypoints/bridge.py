"""Lambda `bridge`: bridge queue, fed from the remote region -> work queues."""

from typing import Any

from rekbridge_lambda import config
from rekbridge_lambda.adapters.aws import client
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.adapters.sqs.consumer import Queues
from rekbridge_lambda.adapters.sqs.senders import WorkQueues
from rekbridge_lambda.domain import operations
from rekbridge_lambda.domain.uploads import uploads
from rekbridge_lambda.use_cases.bridge import Bridge

settings = config.load(config.Bridge)
plan = operations.plan(settings.operations)
sqs = client("sqs")
queues = Queues(sqs, {settings.bridge_queue: settings.bridge_dead}, config.trace)
bridge = Bridge(
    plan,
    LibraryTable(client("dynamodb"), settings.library_table),
    WorkQueues(sqs, {name: planned.queue for name, planned in plan.items()}),
)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Ask for the analyses of every staged copy that has arrived."""
    return queues.each(event, lambda body, _: "; ".join(bridge(arrival) for arrival in uploads(body)))
