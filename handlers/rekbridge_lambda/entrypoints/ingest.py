"""Lambda `ingest`: uploads queue -> prepared bucket, library -> work queues, staging bucket."""

from typing import Any

from botocore.session import Session

from rekbridge_lambda import config
from rekbridge_lambda.adapters.aws import AwsClients
from rekbridge_lambda.adapters.clock import now_ms
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.adapters.logs import set_log_level
from rekbridge_lambda.adapters.owner_keys import DerivedOwnerKeys, IdsSecret
from rekbridge_lambda.adapters.s3.events import parse_s3_event
from rekbridge_lambda.adapters.s3.media import MediaBucket
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.adapters.s3.staging import StagingBucket
from rekbridge_lambda.adapters.sqs.consumer import SqsConsumer
from rekbridge_lambda.adapters.sqs.senders import SqsWorkQueue
from rekbridge_lambda.imaging.preparation import PillowPreparer
from rekbridge_lambda.use_cases.ingest import UploadIngester

settings = config.load_settings(config.IngestSettings)
set_log_level(settings.log_level)
operations = config.load_operations(settings.operations)
clients = AwsClients(Session())
s3, sqs, dynamodb = clients.create("s3"), clients.create("sqs"), clients.create("dynamodb")
secret = IdsSecret(clients.per_region("secretsmanager"), config.get_home_region(), settings.ids_secret)
ingester = UploadIngester(
    operations,
    MediaBucket(s3, settings.media_bucket),
    PillowPreparer(settings.image_privacy),
    PreparedBucket(s3, settings.prepared_bucket),
    DerivedOwnerKeys(secret, dynamodb, settings.library_table),
    LibraryTable(dynamodb, settings.library_table),
    StagingBucket(clients.per_region("s3"), settings.remote_region, settings.staging_bucket, settings.account_id),
    SqsWorkQueue(sqs, {name: operation.queue_url for name, operation in operations.items()}),
    now_ms,
)
consumer = SqsConsumer(sqs, {settings.uploads_queue_url: settings.uploads_dlq_url}, config.get_trace_header)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Ingest an upload: the event source mapping has batch size one."""
    return consumer.process_batch(
        event,
        lambda body, delivery: "; ".join(ingester.ingest_upload(upload, delivery) for upload in parse_s3_event(body)),
    )
