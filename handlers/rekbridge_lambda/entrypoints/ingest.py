"""Lambda `ingest`: uploads queue -> prepared bucket, library -> work queues, staging bucket."""

from typing import Any

from rekbridge_lambda import config
from rekbridge_lambda.adapters.aws import client, regional
from rekbridge_lambda.adapters.clock import now
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.adapters.s3.media import MediaBucket
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.adapters.s3.staging import StagingBucket
from rekbridge_lambda.adapters.sqs.consumer import Queues
from rekbridge_lambda.adapters.sqs.senders import WorkQueues
from rekbridge_lambda.domain import operations
from rekbridge_lambda.domain.uploads import uploads
from rekbridge_lambda.imaging.preparation import Pillow
from rekbridge_lambda.use_cases.ingest import Ingest

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
