"""Lambda `analyze`: work queues -> Rekognition, wherever there is quota -> results bucket -> results queue."""

from random import random
from typing import Any

from handlers import config
from handlers.adapters.aws import ONCE, client, regional
from handlers.adapters.clock import now, pause
from handlers.adapters.ledger import LedgerTable
from handlers.adapters.pace import PaceTable
from handlers.adapters.queues import ResultsQueue
from handlers.adapters.results import ResultsBucket
from handlers.adapters.shelf import PreparedBucket
from handlers.adapters.sqs import Queues
from handlers.adapters.staging import StagingBucket
from handlers.adapters.vision import Rekognition
from handlers.domain import operations
from handlers.domain.messages import Work
from handlers.domain.pace import WORKER_AHEAD
from handlers.flows.analyze import Analyze
from handlers.flows.ask import Ask
from handlers.flows.placement import SharedPace

settings = config.load(config.Analyze)
home = config.home_region()
plan = operations.plan(settings.operations)
s3, sqs, dynamodb = client("s3"), client("sqs"), client("dynamodb")
queues = Queues(sqs, {planned.queue: planned.dead for planned in plan.values()}, config.trace)
ask = Ask(
    home,
    ResultsBucket(s3, settings.results_bucket),
    LedgerTable(dynamodb, settings.ledger_table),
    SharedPace(home, WORKER_AHEAD, PaceTable(dynamodb, settings.pace_table), now, random),
    Rekognition(regional("rekognition", ONCE), settings.staging_bucket),
    pause,
    now,
)
analyze = Analyze(
    plan,
    ask,
    PreparedBucket(s3, settings.prepared_bucket),
    StagingBucket(regional("s3"), settings.remote_region, settings.staging_bucket),
    ResultsQueue(sqs, settings.results_queue),
)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do one piece of work: the event source has batch size one."""
    deadline = now() + context.get_remaining_time_in_millis()
    return queues.each(event, lambda body, _: analyze(Work.read(body), deadline))
