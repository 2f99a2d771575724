"""Lambda `api`: API Gateway -> Rekognition, wherever there is quota, while the caller waits; upload forms, capacity."""

from random import random
from typing import Any

from rekbridge_lambda import config
from rekbridge_lambda.adapters.aws import HASTE, ONCE_IN_HASTE, client, regional
from rekbridge_lambda.adapters.clock import now, pause
from rekbridge_lambda.adapters.dynamodb.claims import LedgerTable
from rekbridge_lambda.adapters.http.api_gateway import Http
from rekbridge_lambda.adapters.rekognition import Rekognition
from rekbridge_lambda.adapters.s3.media import MediaBucket
from rekbridge_lambda.adapters.s3.presigned_posts import SIGNING, MediaForms
from rekbridge_lambda.adapters.s3.results import ResultsBucket
from rekbridge_lambda.domain import operations
from rekbridge_lambda.imaging.preparation import Pillow
from rekbridge_lambda.rate_limiting.limiter import SharedPace
from rekbridge_lambda.rate_limiting.state import API_AHEAD
from rekbridge_lambda.rate_limiting.table import PaceTable
from rekbridge_lambda.use_cases.api import Api
from rekbridge_lambda.use_cases.paid_call import Ask
from rekbridge_lambda.use_cases.retry import AskUntil
from rekbridge_lambda.use_cases.synchronous_analysis import AnalyzeNow

settings = config.load(config.Api)
home = config.home_region()
s3, dynamodb = client("s3", None, HASTE), client("dynamodb", None, HASTE)
results = ResultsBucket(s3, settings.results_bucket)
table = PaceTable(dynamodb, settings.pace_table)
ask = Ask(
    home,
    results,
    LedgerTable(dynamodb, settings.ledger_table),
    SharedPace(home, API_AHEAD, table, now, random),
    Rekognition(regional("rekognition", ONCE_IN_HASTE), ""),
    pause,
    now,
)
api = Api(
    home,
    settings.account_id,
    settings.version,
    operations.plan(settings.operations),
    AnalyzeNow(MediaBucket(s3, settings.media_bucket), Pillow(), results, AskUntil(results, ask, pause, now), now),
    MediaForms(client("s3", None, SIGNING), settings.media_bucket),
    table,
    now,
)
routes = {
    ("POST", "/analyze/{operation}"): api.analyze,
    ("POST", "/uploads"): api.upload,
    ("GET", "/health"): api.health,
    ("GET", "/capacity"): api.capacity,
}
http = Http(routes, config.trace)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request, whatever is wrong with it."""
    return http.answer(event, now() + context.get_remaining_time_in_millis())
