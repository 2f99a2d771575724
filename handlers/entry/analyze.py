"""Lambda `analyze`: work queues -> Rekognition, wherever it is -> results bucket -> results queue."""

from typing import Any

from handlers import config
from handlers.adapters.aws import ONCE, client
from handlers.adapters.clock import now
from handlers.adapters.ledger import LedgerTable
from handlers.adapters.placement import OneRegion
from handlers.adapters.queues import ResultsQueue
from handlers.adapters.results import ResultsBucket
from handlers.adapters.shelf import PreparedBucket
from handlers.adapters.sqs import Queues
from handlers.adapters.staging import StagingBucket
from handlers.adapters.vision import Rekognition
from handlers.domain import operations
from handlers.domain.messages import Work
from handlers.flows.analyze import Analyze

settings = config.load(config.Analyze)
plan = operations.plan(settings.operations)
s3, sqs = client("s3"), client("sqs")
regions = {planned.region for planned in plan.values()}
queues = Queues(sqs, {planned.queue: planned.dead for planned in plan.values()}, config.trace)
analyze = Analyze(
    config.home_region(),
    plan,
    PreparedBucket(s3, settings.prepared_bucket),
    StagingBucket(client("s3", settings.remote_region), settings.staging_bucket),
    ResultsBucket(s3, settings.results_bucket),
    LedgerTable(client("dynamodb"), settings.ledger_table),
    OneRegion(),
    Rekognition({region: client("rekognition", region, ONCE) for region in regions}, settings.staging_bucket),
    ResultsQueue(sqs, settings.results_queue),
    now,
)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do one piece of work: the event source has batch size one."""
    deadline = now() + context.get_remaining_time_in_millis()
    return queues.each(event, lambda body, _: analyze(Work.read(body), deadline))
