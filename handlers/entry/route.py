"""Lambda `route`: results queue -> library, event bus; staged copies go."""

from typing import Any

from handlers import config
from handlers.adapters.announcements import EventBus
from handlers.adapters.aws import client, regional
from handlers.adapters.clock import now
from handlers.adapters.library import LibraryTable
from handlers.adapters.results import ResultsBucket
from handlers.adapters.sqs import Queues
from handlers.adapters.staging import StagingBucket
from handlers.domain.messages import Answered
from handlers.flows.route import Route

settings = config.load(config.Route)
queues = Queues(client("sqs"), {settings.results_queue: settings.results_dead}, config.trace)
route = Route(
    ResultsBucket(client("s3"), settings.results_bucket),
    LibraryTable(client("dynamodb"), settings.library_table),
    StagingBucket(regional("s3"), settings.remote_region, settings.staging_bucket),
    EventBus(client("events"), settings.event_bus),
    now,
)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Route every answer of a batch."""
    return queues.each(event, lambda body, _: route(Answered.read(body)))
