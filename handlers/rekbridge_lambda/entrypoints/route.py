"""Lambda `route`: results queue -> library, event bus; staged copies go."""

from typing import Any

from rekbridge_lambda import config
from rekbridge_lambda.adapters.aws import client, regional
from rekbridge_lambda.adapters.clock import now
from rekbridge_lambda.adapters.dynamodb.library import LibraryTable
from rekbridge_lambda.adapters.eventbridge import EventBus
from rekbridge_lambda.adapters.s3.results import ResultsBucket
from rekbridge_lambda.adapters.s3.staging import StagingBucket
from rekbridge_lambda.adapters.sqs.consumer import Queues
from rekbridge_lambda.domain.messages import Answered
from rekbridge_lambda.use_cases.route import Route

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
