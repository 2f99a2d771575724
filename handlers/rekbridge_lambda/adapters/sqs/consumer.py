"""Reading SQS: a bad message never delays or loses the rest of its batch, and waiting never ends in a DLQ."""

import json
import logging
import random
from collections.abc import Callable, Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from rekbridge_lambda.adapters.aws import describe_aws_error
from rekbridge_lambda.adapters.logs import describe_bug
from rekbridge_lambda.adapters.tracing import trace_segment
from rekbridge_lambda.domain.errors import OutOfAttempts, Unavailable, UnreadableMessage
from rekbridge_lambda.domain.ids import RUN_ID

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

log = logging.getLogger(__name__)

MAX_BACKOFF_S = 900
# Messages that wait again and again wait longer: SQS gives up on a message after 1,000 receives (modules/queue), and an
# hour of "every region is full" would otherwise use hundreds. The least wait doubles with every so many deliveries,
# which is enough for a week.
DELIVERIES_PER_DOUBLING = 16
# An unexpected error may be caused by the message or by the moment, so every fifth delivery decides. SQS also counts
# deliveries that only waited: "five or more" would send a message that waited for a day to the DLQ at its first error.
DELIVERIES_PER_BUG = 5

type SqsRecord = dict[str, Any]


class SqsConsumer:
    """The queues that a Lambda reads, by URL, each with the URL of the DLQ that this consumer writes to itself."""

    def __init__(self, sqs: "SQSClient", urls: Mapping[str, str], trace: Callable[[], str]) -> None:
        self.sqs, self.trace = sqs, trace
        self.urls = {url.rpartition("/")[2]: (url, dlq_url) for url, dlq_url in urls.items()}

    def process_batch(self, event: dict[str, Any], work: Callable[[Any, int], str]) -> dict[str, Any]:
        """Call `work` with every record's JSON body and its delivery count; returns what SQS must deliver again."""
        failed = [record["messageId"] for record in event["Records"] if not self.process_record(record, work)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def process_record(self, record: SqsRecord, work: Callable[[Any, int], str]) -> bool:
        """Whether SQS may delete the message; if not, it is invisible for as long as it has to wait."""
        details: dict[str, Any] = {"message_id": record["messageId"], "delivery": count_deliveries(record)}
        try:
            body = parse_body(record)
            # Any other value may be anything, and does not belong in the log.
            if RUN_ID.fullmatch(str(body.get("run_id"))):
                details["run_id"] = body["run_id"]
            with trace_segment("message", self.trace(), record["attributes"].get("AWSTraceHeader", "")):
                outcome = work(body, count_deliveries(record))
        except Unavailable as why:
            backoff = compute_backoff_s(why, count_deliveries(record))
            log.info("will be retried in %d s: %s", backoff, why, extra=details)
            self.set_visibility(record, backoff, details)
            return False
        except (OutOfAttempts, UnreadableMessage) as why:
            return self.send_to_dlq(record, why, str(why), details)
        except Exception as bug:
            is_last = count_deliveries(record) % DELIVERIES_PER_BUG == 0
            next_step = "it goes to the dead-letter queue" if is_last else "it will be delivered again"
            description = describe_bug(bug)
            log.error("unexpected error while processing the message; %s: %s", next_step, description, extra=details)
            return is_last and self.send_to_dlq(record, bug, type(bug).__name__, details)
        log.info("done: %s", outcome, extra=details)
        return True

    def set_visibility(self, record: SqsRecord, seconds: int, details: dict[str, Any]) -> None:
        """Let the message come back after so many seconds; if that fails, after the queue's visibility timeout."""
        url, _ = self.find_queue(record)
        try:
            self.sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=seconds
            )
        except (BotoCoreError, ClientError) as error:
            why = describe_aws_error(error)
            log.warning("the message comes back after the queue's visibility timeout instead: %s", why, extra=details)

    def send_to_dlq(self, record: SqsRecord, why: Exception, logged_as: str, details: dict[str, Any]) -> bool:
        """Send the message to the dead-letter queue with the reason; False when that failed."""
        _, dlq_url = self.find_queue(record)
        # The repr, because a message attribute may contain no control characters.
        attributes: Any = {"reason": {"DataType": "String", "StringValue": repr(why)[:1000]}}
        try:
            self.sqs.send_message(QueueUrl=dlq_url, MessageBody=record["body"], MessageAttributes=attributes)
        except (BotoCoreError, ClientError) as error:
            cause = describe_aws_error(error)
            log.error(
                "the dead-letter queue did not accept the message; it stays in its queue: %s", cause, extra=details
            )
            return False
        log.error("sent to the dead-letter queue %s: %s", dlq_url.rpartition("/")[2], logged_as, extra=details)
        return True

    def find_queue(self, record: SqsRecord) -> tuple[str, str]:
        """URL and DLQ URL of the queue that delivered a record."""
        return self.urls[record["eventSourceARN"].rpartition(":")[2]]


def parse_body(record: SqsRecord) -> dict[str, Any]:
    """A record's JSON object. Raises UnreadableMessage, without quoting the text: it may contain a media key."""
    text = record["body"]
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessage(f"no JSON in {len(text)} characters: {error}") from None
    if not isinstance(parsed, dict):
        raise UnreadableMessage(f"no JSON object in {len(text)} characters, but a {type(parsed).__name__}")
    return parsed


def count_deliveries(record: SqsRecord) -> int:
    """How often SQS has delivered the message, including this delivery."""
    return int(record["attributes"]["ApproximateReceiveCount"])


def compute_backoff_s(why: Unavailable, deliveries: int) -> int:
    """Seconds until the next delivery, with jitter so that messages with the same wait do not return together."""
    if why.retry_in is None:
        backoff, jitter_from = 2.0 ** min(deliveries, 10), 0.5
    else:
        least = 2.0 ** min(deliveries / DELIVERIES_PER_DOUBLING, 10)
        backoff, jitter_from = max(why.retry_in * 1.25, least), 0.8
    return max(1, ceil(min(MAX_BACKOFF_S, backoff) * random.uniform(jitter_from, 1)))
