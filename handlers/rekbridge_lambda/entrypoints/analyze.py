"""Lambda `analyze`: work queues -> Rekognition, in a region with quota -> results bucket -> results queue."""

from random import random
from typing import Any

from botocore.session import Session

from rekbridge_lambda import config
from rekbridge_lambda.adapters.aws import NO_RETRY, AwsClients
from rekbridge_lambda.adapters.clock import now_ms, sleep_ms
from rekbridge_lambda.adapters.dynamodb.claims import ClaimsTable
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.adapters.logs import set_log_level
from rekbridge_lambda.adapters.metrics import EmbeddedMetrics
from rekbridge_lambda.adapters.rekognition import Rekognition
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.adapters.s3.results import ResultsBucket
from rekbridge_lambda.adapters.s3.staging import StagingBucket
from rekbridge_lambda.adapters.sqs.consumer import SqsConsumer
from rekbridge_lambda.adapters.sqs.messages import decode_message
from rekbridge_lambda.adapters.sqs.senders import SqsResultQueue
from rekbridge_lambda.domain.messages import Work
from rekbridge_lambda.domain.rate_limits import QuotaShares
from rekbridge_lambda.rate_limiting.limiter import RegionRateLimiter
from rekbridge_lambda.rate_limiting.table import RateLimitTable
from rekbridge_lambda.use_cases.analyze import ImageAnalyzer
from rekbridge_lambda.use_cases.paid_call import PaidCalls

settings = config.load_settings(config.AnalyzeSettings)
set_log_level(settings.log_level)
home_region = config.get_home_region()
operations = config.load_operations(settings.operations)
clients = AwsClients(Session())
s3, sqs, dynamodb = clients.create("s3"), clients.create("sqs"), clients.create("dynamodb")
metrics = EmbeddedMetrics(settings.deployment)
rate_limits = RateLimitTable(dynamodb, settings.rate_limit_table, metrics)
paid_calls = PaidCalls(
    home_region,
    ResultsBucket(s3, settings.results_bucket),
    ClaimsTable(dynamodb, settings.claims_table),
    RegionRateLimiter(home_region, "workers", QuotaShares(float(settings.worker_share)), rate_limits, now_ms, random),
    Rekognition(clients.per_region("rekognition", NO_RETRY), settings.staging_bucket, metrics),
    sleep_ms,
    now_ms,
)
analyzer = ImageAnalyzer(
    operations,
    LibraryTable(dynamodb, settings.library_table),
    paid_calls,
    PreparedBucket(s3, settings.prepared_bucket),
    StagingBucket(clients.per_region("s3"), settings.remote_region, settings.staging_bucket, settings.account_id),
    SqsResultQueue(sqs, settings.results_queue_url),
)
queues = {operation.queue_url: operation.dlq_url for operation in operations.values()}
consumer = SqsConsumer(sqs, queues, config.get_trace_header)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Analyse one image: the event source mapping has batch size one."""
    deadline = now_ms() + context.get_remaining_time_in_millis()
    return consumer.process_batch(event, lambda body, _: analyzer.analyze_image(decode_message(Work, body), deadline))
