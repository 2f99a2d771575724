"""The SQS edge: one bad message never holds up, or loses, its neighbours, and waiting never dead-letters."""

import json
import logging
import random
from collections.abc import Callable, Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from rekbridge_lambda.adapters.tracing import traced
from rekbridge_lambda.domain.errors import OutOfAttempts, Unavailable, UnreadableMessage

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 900
# What waits again and again waits longer: SQS gives up on a message after 1,000 receives (modules/queue), and an hour
# of "every region is full" would otherwise be hundreds. Each so many deliveries double the least wait: a week's worth.
DOUBLING = 16
# A bug may be in the message or in a moment: every fifth delivery asks. SQS counts those that only waited too, so that
# "five or more" would bury whatever has waited for a day at its first hiccup.
BUG_DELIVERIES = 5

type Record = dict[str, Any]


class Queues:
    """The queues a Lambda reads, by their URLs, each with the dead-letter queue that it writes to itself."""

    def __init__(self, sqs: "SQSClient", urls: Mapping[str, str], trace: Callable[[], str]) -> None:
        self.sqs, self.trace = sqs, trace
        self.urls = {url.rpartition("/")[2]: (url, dead) for url, dead in urls.items()}

    def each(self, event: dict[str, Any], work: Callable[[Any, int], str]) -> dict[str, Any]:
        """Give every record's JSON body, and which delivery this is, to `work`; answer which SQS must deliver again."""
        failed = [record["messageId"] for record in event["Records"] if not self.done(record, work)]
        return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}

    def done(self, record: Record, work: Callable[[Any, int], str]) -> bool:
        """Whether SQS may delete the message; if not, it is hidden for as long as it has to wait."""
        told = {"message_id": record["messageId"], "delivery": deliveries(record)}
        try:
            with traced("message", self.trace(), record["attributes"].get("AWSTraceHeader", "")):
                outcome = work(body(record), deliveries(record))
        except Unavailable as why:
            wait = wait_s(why, deliveries(record))
            log.warning("waits %d s: %s", wait, why, extra=told)
            self.hide(record, wait)
            return False
        except (OutOfAttempts, UnreadableMessage) as why:
            log.error("dead letter: %s", why, extra=told)
            return self.bury(record, why)
        except Exception as bug:
            log.exception("a bug", extra=told)
            return deliveries(record) % BUG_DELIVERIES == 0 and self.bury(record, bug)
        log.warning("done: %s", outcome, extra=told)
        return True

    def hide(self, record: Record, wait: int) -> None:
        """Let the message come back after so many seconds; what SQS does not hear comes back later by itself."""
        url, _ = self.named(record)
        try:
            self.sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=wait
            )
        except (BotoCoreError, ClientError) as error:
            log.warning("message keeps its visibility: %s", error)

    def bury(self, record: Record, why: Exception) -> bool:
        """Send the message to the queue's dead-letter queue with the reason; false when it was not taken."""
        _, dead = self.named(record)
        # Its repr: an attribute takes no control characters.
        told: Any = {"reason": {"DataType": "String", "StringValue": repr(why)[:1000]}}
        try:
            self.sqs.send_message(QueueUrl=dead, MessageBody=record["body"], MessageAttributes=told)
        except (BotoCoreError, ClientError):
            log.exception("not taken by the dead-letter queue; the message stays")
            return False
        return True

    def named(self, record: Record) -> tuple[str, str]:
        """URL and dead-letter queue of the queue a record came from."""
        return self.urls[record["eventSourceARN"].rpartition(":")[2]]


def body(record: Record) -> dict[str, Any]:
    """A record's JSON object. Raises UnreadableMessage, which tells nothing of the text: a media key may be in it."""
    text = record["body"]
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessage(f"no JSON in {len(text)} characters: {error}") from None
    if not isinstance(found, dict):
        raise UnreadableMessage(f"no JSON object in {len(text)} characters, but a {type(found).__name__}")
    return found


def deliveries(record: Record) -> int:
    """How often SQS has delivered the message, this time included."""
    return int(record["attributes"]["ApproximateReceiveCount"])


def wait_s(why: Unavailable, deliveries: int) -> int:
    """Seconds until the next delivery, jittered so that those who wait for one thing do not come together."""
    if why.retry_in is None:
        wait, least = 2.0 ** min(deliveries, 10), 0.5
    else:
        wait, least = max(why.retry_in * 1.25, 2.0 ** min(deliveries / DOUBLING, 10)), 0.8
    return max(1, ceil(min(LONGEST_WAIT_S, wait) * random.uniform(least, 1)))
