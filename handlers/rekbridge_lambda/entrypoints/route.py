"""Lambda `route`: results queue -> library, event bus; staged copies are deleted."""

from typing import Any

from botocore.session import Session

from rekbridge_lambda import config
from rekbridge_lambda.adapters.aws import AwsClients
from rekbridge_lambda.adapters.clock import now_ms
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.adapters.eventbridge import EventBridgePublisher
from rekbridge_lambda.adapters.logs import set_log_level
from rekbridge_lambda.adapters.metrics import EmbeddedMetrics
from rekbridge_lambda.adapters.s3.results import ResultsBucket
from rekbridge_lambda.adapters.s3.staging import StagingBucket
from rekbridge_lambda.adapters.sqs.consumer import SqsConsumer
from rekbridge_lambda.adapters.sqs.messages import decode_message
from rekbridge_lambda.domain.messages import AnalysisFinished
from rekbridge_lambda.use_cases.route import ResultRouter

settings = config.load_settings(config.RouteSettings)
set_log_level(settings.log_level)
clients = AwsClients(Session())
router = ResultRouter(
    ResultsBucket(clients.create("s3"), settings.results_bucket),
    LibraryTable(clients.create("dynamodb"), settings.library_table),
    StagingBucket(clients.per_region("s3"), settings.remote_region, settings.staging_bucket, settings.account_id),
    EventBridgePublisher(clients.create("events"), settings.event_bus),
    EmbeddedMetrics(settings.deployment),
    now_ms,
)
queues = {settings.results_queue_url: settings.results_dlq_url}
consumer = SqsConsumer(clients.create("sqs"), queues, config.get_trace_header)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Route every result of a batch."""
    return consumer.process_batch(event, lambda body, _: router.route_result(decode_message(AnalysisFinished, body)))
