"""Lambda `api`: API Gateway -> Rekognition, wherever there is quota, while the caller waits; upload forms, capacity."""

from random import random
from typing import Any

from handlers import config
from handlers.adapters.aws import HASTE, ONCE_IN_HASTE, client, regional
from handlers.adapters.clock import now, pause
from handlers.adapters.forms import SIGNING, MediaForms
from handlers.adapters.http import Http
from handlers.adapters.ledger import LedgerTable
from handlers.adapters.media import MediaBucket
from handlers.adapters.pace import PaceTable
from handlers.adapters.pillow import Pillow
from handlers.adapters.results import ResultsBucket
from handlers.adapters.vision import Rekognition
from handlers.domain import operations
from handlers.domain.pace import API_AHEAD
from handlers.flows.api import Api
from handlers.flows.ask import Ask
from handlers.flows.now import AnalyzeNow
from handlers.flows.placement import SharedPace
from handlers.flows.until import AskUntil

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
