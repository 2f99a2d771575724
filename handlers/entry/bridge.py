"""Lambda `bridge`: bridge queue, fed from the remote region -> work queues."""

from typing import Any

from handlers import config
from handlers.adapters.aws import client
from handlers.adapters.library import LibraryTable
from handlers.adapters.queues import WorkQueues
from handlers.adapters.sqs import Queues
from handlers.domain import operations
from handlers.domain.uploads import uploads
from handlers.flows.bridge import Bridge

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
