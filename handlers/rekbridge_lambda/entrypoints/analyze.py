"""Lambda `analyze`: work queues -> Rekognition, wherever there is quota -> results bucket -> results queue."""

from random import random
from typing import Any

from rekbridge_lambda import config
from rekbridge_lambda.adapters.aws import ONCE, client, regional
from rekbridge_lambda.adapters.clock import now, pause
from rekbridge_lambda.adapters.dynamodb.claims import LedgerTable
from rekbridge_lambda.adapters.rekognition import Rekognition
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.adapters.s3.results import ResultsBucket
from rekbridge_lambda.adapters.s3.staging import StagingBucket
from rekbridge_lambda.adapters.sqs.consumer import Queues
from rekbridge_lambda.adapters.sqs.senders import ResultsQueue
from rekbridge_lambda.domain import operations
from rekbridge_lambda.domain.messages import Work
from rekbridge_lambda.rate_limiting.limiter import SharedPace
from rekbridge_lambda.rate_limiting.state import WORKER_AHEAD
from rekbridge_lambda.rate_limiting.table import PaceTable
from rekbridge_lambda.use_cases.analyze import Analyze
from rekbridge_lambda.use_cases.paid_call import Ask

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
