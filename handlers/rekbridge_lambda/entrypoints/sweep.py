"""Lambda `sweep`, every five minutes: requeues runs that are pending too long, deletes leftover staged copies."""

import logging
from dataclasses import asdict
from typing import Any

from botocore.session import Session

from rekbridge_lambda import config
from rekbridge_lambda.adapters import metrics
from rekbridge_lambda.adapters.aws import AwsClients
from rekbridge_lambda.adapters.clock import now_ms
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.adapters.logs import log_grouped_errors, set_log_level
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
    StagingBucket(clients.per_region("s3"), settings.remote_region, settings.staging_bucket),
    SqsWorkQueue(sqs, {name: operation.queue_url for name, operation in operations.items()}),
    SqsResultQueue(sqs, settings.results_queue_url),
    now_ms,
)


def handler(event: object, context: object) -> dict[str, Any]:
    """One sweep; its report is returned to a person who invokes it by hand."""
    with log_grouped_errors("a run could not be requeued"), trace_segment("sweep", config.get_trace_header()):
        report = sweeper.sweep()
    metrics.emit_count("StaleRuns", report.requeued)
    log.info("requeued %d stale runs, deleted %d leftover staged copies", report.requeued, report.staged_copies_deleted)
    return asdict(report)
