"""Lambda `sweep`, every five minutes: what is pending too long -> sent again; leftovers in staging -> gone."""

from dataclasses import asdict
from typing import Any

from rekbridge_lambda import config
from rekbridge_lambda.adapters import metrics
from rekbridge_lambda.adapters.aws import client, regional
from rekbridge_lambda.adapters.clock import now
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.adapters.s3.staging import StagingBucket
from rekbridge_lambda.adapters.sqs.senders import ResultsQueue, WorkQueues
from rekbridge_lambda.adapters.tracing import traced
from rekbridge_lambda.domain import operations
from rekbridge_lambda.use_cases.sweep import Sweep

settings = config.load(config.Sweep)
plan = operations.plan(settings.operations)
sqs = client("sqs")
sweep = Sweep(
    plan,
    int(settings.patience_s) * 1000,
    int(settings.longest_stay_s) * 1000,
    LibraryTable(client("dynamodb"), settings.library_table),
    PreparedBucket(client("s3"), settings.prepared_bucket),
    StagingBucket(regional("s3"), settings.remote_region, settings.staging_bucket),
    WorkQueues(sqs, {name: planned.queue for name, planned in plan.items()}),
    ResultsQueue(sqs, settings.results_queue),
    now,
)


def handler(event: object, context: object) -> dict[str, Any]:
    """One sweep, with what it found for whoever invoked it by hand."""
    with traced("sweep", config.trace()):
        swept = sweep()
    metrics.count("PendingTooLong", swept.sent_again)
    return asdict(swept)
