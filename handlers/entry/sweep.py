"""Lambda `sweep`, every five minutes: what is pending too long -> sent again; leftovers in staging -> gone."""

from dataclasses import asdict
from typing import Any

from handlers import config
from handlers.adapters import metrics
from handlers.adapters.aws import client, regional
from handlers.adapters.clock import now
from handlers.adapters.library import LibraryTable
from handlers.adapters.queues import ResultsQueue, WorkQueues
from handlers.adapters.shelf import PreparedBucket
from handlers.adapters.staging import StagingBucket
from handlers.adapters.tracing import traced
from handlers.domain import operations
from handlers.flows.sweep import Sweep

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
