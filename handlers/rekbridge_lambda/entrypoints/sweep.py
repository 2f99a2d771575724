"""Lambda `sweep`, every five minutes: requeues runs that are pending too long, deletes leftover staged copies."""

import logging
from dataclasses import asdict
from typing import Any

from botocore.session import Session

from rekbridge_lambda import config
from rekbridge_lambda.adapters.aws import AwsClients
from rekbridge_lambda.adapters.clock import now_ms
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.adapters.logs import log_grouped_errors, set_log_level
from rekbridge_lambda.adapters.metrics import EmbeddedMetrics
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.adapters.s3.staging import StagingBucket
from rekbridge_lambda.adapters.sqs.senders import SqsResultQueue, SqsWorkQueue
from rekbridge_lambda.adapters.tracing import trace_segment
from rekbridge_lambda.use_cases.sweep import StaleRunSweeper

log = logging.getLogger(__name__)
settings = config.load_settings(config.SweepSettings)
set_log_level(settings.log_level)
operations = config.load_operations(settings.operations)
clients = AwsClients(Session())
sqs = clients.create("sqs")
sweeper = StaleRunSweeper(
    operations,
    int(settings.stale_after_s) * 1000,
    int(settings.staging_ttl_s) * 1000,
    LibraryTable(clients.create("dynamodb"), settings.library_table),
    PreparedBucket(clients.create("s3"), settings.prepared_bucket),
    StagingBucket(clients.per_region("s3"), settings.remote_region, settings.staging_bucket, settings.account_id),
    SqsWorkQueue(sqs, {name: operation.queue_url for name, operation in operations.items()}),
    SqsResultQueue(sqs, settings.results_queue_url),
    EmbeddedMetrics(settings.deployment),
    now_ms,
)


def handler(event: object, context: Any) -> dict[str, Any]:
    """One sweep; its report is returned to a person who invokes it by hand."""
    deadline = now_ms() + context.get_remaining_time_in_millis()
    with log_grouped_errors("a part of the sweep failed"), trace_segment("sweep", config.get_trace_header()):
        report = sweeper.sweep(deadline)
    log.info("%s", report)
    return asdict(report)
