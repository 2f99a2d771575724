"""Lambda `ingest`: uploads queue -> prepared bucket, library -> work queues, staging bucket."""

from typing import Any

from handlers import config
from handlers.adapters.aws import client, regional
from handlers.adapters.clock import now
from handlers.adapters.library import LibraryTable
from handlers.adapters.media import MediaBucket
from handlers.adapters.pillow import Pillow
from handlers.adapters.queues import WorkQueues
from handlers.adapters.shelf import PreparedBucket
from handlers.adapters.sqs import Queues
from handlers.adapters.staging import StagingBucket
from handlers.domain import operations
from handlers.domain.uploads import uploads
from handlers.flows.ingest import Ingest

settings = config.load(config.Ingest)
plan = operations.plan(settings.operations)
s3, sqs = client("s3"), client("sqs")
queues = Queues(sqs, {settings.uploads_queue: settings.uploads_dead}, config.trace)
ingest = Ingest(
    plan,
    MediaBucket(s3, settings.media_bucket),
    Pillow(),
    PreparedBucket(s3, settings.prepared_bucket),
    LibraryTable(client("dynamodb"), settings.library_table),
    StagingBucket(regional("s3"), settings.remote_region, settings.staging_bucket),
    WorkQueues(sqs, {name: planned.queue for name, planned in plan.items()}),
    now,
)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Take an upload in: the event source has batch size one."""
    return queues.each(event, lambda body, delivery: "; ".join(ingest(upload, delivery) for upload in uploads(body)))
