"""Lambda `bridge`: bridge queue, fed from the remote region -> work queues."""

from typing import Any

from botocore.session import Session

from rekbridge_lambda import config
from rekbridge_lambda.adapters.aws import AwsClients
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.adapters.logs import set_log_level
from rekbridge_lambda.adapters.s3.events import parse_s3_event
from rekbridge_lambda.adapters.sqs.consumer import SqsConsumer
from rekbridge_lambda.adapters.sqs.senders import SqsWorkQueue
from rekbridge_lambda.use_cases.bridge import StagedWorkBridge

settings = config.load_settings(config.BridgeSettings)
set_log_level(settings.log_level)
operations = config.load_operations(settings.operations)
clients = AwsClients(Session())
sqs = clients.create("sqs")
bridge = StagedWorkBridge(
    operations,
    LibraryTable(clients.create("dynamodb"), settings.library_table),
    SqsWorkQueue(sqs, {name: operation.queue_url for name, operation in operations.items()}),
)
consumer = SqsConsumer(sqs, {settings.bridge_queue_url: settings.bridge_dlq_url}, config.get_trace_header)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Enqueue the work for every staged copy that has arrived."""
    return consumer.process_batch(
        event, lambda body, _: "; ".join(bridge.enqueue_arrived_work(arrival) for arrival in parse_s3_event(body))
    )
