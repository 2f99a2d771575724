"""Sending to the queues at home."""

from collections.abc import Iterable, Mapping
from itertools import batched, groupby
from operator import attrgetter
from time import monotonic
from typing import TYPE_CHECKING

from rekbridge_lambda.adapters.aws import translated
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.messages import Answered, Work

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

# A queue's depth is approximate in any case, and asked for with every upload.
DEPTH_IS_FRESH_S = 15
# What waits for a region is hidden nearly all the time.
WAITING: "list[QueueAttributeNameType]" = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


class WorkQueues:
    """One queue per operation, by its name."""

    def __init__(self, sqs: "SQSClient", urls: Mapping[str, str]) -> None:
        self.sqs, self.urls = sqs, urls
        self.depths: dict[str, tuple[float, int]] = {}

    def send(self, work: Iterable[Work]) -> None:
        """Ask for work, ten messages a call. Raises Unavailable when SQS did not take one of them."""
        of = attrgetter("operation")
        for operation, messages in groupby(sorted(work, key=of), key=of):
            for some in batched(messages, 10):
                entries = [{"Id": str(number), "MessageBody": one.body()} for number, one in enumerate(some)]
                with translated():
                    answer = self.sqs.send_message_batch(QueueUrl=self.urls[operation], Entries=entries)  # type: ignore[arg-type]
                if failed := answer.get("Failed"):
                    raise Unavailable(f"SQS did not take {len(failed)} of {len(entries)} messages: {failed[0]}")

    def depth(self, operation: str) -> int:
        """About how many messages wait, not older than 15 seconds."""
        at, depth = self.depths.get(operation, (float("-inf"), 0))
        if monotonic() - at > DEPTH_IS_FRESH_S:
            with translated():
                answer = self.sqs.get_queue_attributes(QueueUrl=self.urls[operation], AttributeNames=WAITING)
            depth = sum(int(answer["Attributes"][name]) for name in WAITING)
            self.depths[operation] = monotonic(), depth
        return depth


class ResultsQueue:
    """The way to ROUTE."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self.sqs, self.url = sqs, url

    def send(self, answered: Answered) -> None:
        """Tell ROUTE of an answer."""
        with translated():
            self.sqs.send_message(QueueUrl=self.url, MessageBody=answered.body())
