"""Lambda `api`: API Gateway -> Rekognition, in a region with quota, while the caller waits; upload forms, capacity."""

from random import random
from typing import Any

from botocore.session import Session

from rekbridge_lambda import config
from rekbridge_lambda.adapters.aws import SYNC, SYNC_NO_RETRY, AwsClients
from rekbridge_lambda.adapters.clock import now_ms, sleep_ms
from rekbridge_lambda.adapters.dynamodb.claims import ClaimsTable
from rekbridge_lambda.adapters.http.api_gateway import ApiGatewayRouter
from rekbridge_lambda.adapters.http.routes import ApiRoutes
from rekbridge_lambda.adapters.logs import set_log_level
from rekbridge_lambda.adapters.metrics import EmbeddedMetrics
from rekbridge_lambda.adapters.owner_keys import DerivedOwnerKeys, IdsSecret
from rekbridge_lambda.adapters.rekognition import Rekognition
from rekbridge_lambda.adapters.s3.media import MediaBucket
from rekbridge_lambda.adapters.s3.presigned_posts import SIGNING_CONFIG, MediaUploadSigner
from rekbridge_lambda.adapters.s3.results import ResultsBucket
from rekbridge_lambda.domain.callers import KeyPolicy
from rekbridge_lambda.domain.rate_limits import CallerThrottle, QuotaShares
from rekbridge_lambda.imaging.preparation import PillowPreparer
from rekbridge_lambda.rate_limiting.caller_table import CallerLimitTable
from rekbridge_lambda.rate_limiting.callers import CallerLimiter
from rekbridge_lambda.rate_limiting.limiter import RegionRateLimiter
from rekbridge_lambda.rate_limiting.table import RateLimitTable
from rekbridge_lambda.use_cases.api import RestApi
from rekbridge_lambda.use_cases.paid_call import PaidCalls
from rekbridge_lambda.use_cases.retry import DeadlineRetry
from rekbridge_lambda.use_cases.synchronous_analysis import SynchronousAnalysis

settings = config.load_settings(config.ApiSettings)
set_log_level(settings.log_level)
home_region = config.get_home_region()
clients = AwsClients(Session())
s3, dynamodb = clients.create("s3", None, SYNC), clients.create("dynamodb", None, SYNC)
results = ResultsBucket(s3, settings.results_bucket)
secret = IdsSecret(clients.per_region("secretsmanager", SYNC), home_region, settings.ids_secret)
metrics = EmbeddedMetrics(settings.deployment)
rate_limits = RateLimitTable(dynamodb, settings.rate_limit_table, metrics)
shares = QuotaShares(float(settings.worker_share))
caller_throttle = CallerThrottle(float(settings.caller_per_second), int(settings.caller_burst))
paid_calls = PaidCalls(
    home_region,
    results,
    ClaimsTable(dynamodb, settings.claims_table),
    RegionRateLimiter(home_region, "api", shares, rate_limits, now_ms, random),
    Rekognition(clients.per_region("rekognition", SYNC_NO_RETRY), "", metrics),
    sleep_ms,
    now_ms,
)
analysis = SynchronousAnalysis(
    MediaBucket(s3, settings.media_bucket),
    PillowPreparer(settings.image_privacy),
    DerivedOwnerKeys(secret, dynamodb, settings.library_table),
    results,
    DeadlineRetry(results, paid_calls, sleep_ms, now_ms),
    now_ms,
)
api = RestApi(
    home_region,
    settings.account_id,
    settings.version,
    config.load_operations(settings.operations),
    KeyPolicy.from_arns(settings.account_id, config.load_trusted_callers(settings.trusted_callers)),
    analysis,
    MediaUploadSigner(clients.create("s3", None, SIGNING_CONFIG), settings.media_bucket),
    rate_limits,
    shares,
    CallerLimiter(caller_throttle, CallerLimitTable(dynamodb, settings.rate_limit_table), now_ms),
    now_ms,
)
router = ApiGatewayRouter(ApiRoutes(api).get_routes(), config.get_trace_header)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request."""
    return router.handle_event(event, now_ms() + context.get_remaining_time_in_millis())
