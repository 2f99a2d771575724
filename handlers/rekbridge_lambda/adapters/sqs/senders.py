"""Sending to the queues at home."""

from collections.abc import Iterable, Mapping
from itertools import batched, groupby
from operator import attrgetter
from time import monotonic
from typing import TYPE_CHECKING

from rekbridge_lambda.adapters.aws import map_aws_errors
from rekbridge_lambda.adapters.sqs.messages import encode_message
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.messages import AnalysisFinished, Work

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

# A queue's depth is approximate in any case, and needed with every upload.
DEPTH_CACHE_S = 15
# Messages that wait for a region are invisible nearly all the time.
DEPTH_ATTRIBUTES: "list[QueueAttributeNameType]" = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
]


class SqsWorkQueue:
    """One queue per operation, by its name."""

    def __init__(self, sqs: "SQSClient", urls: Mapping[str, str]) -> None:
        self.sqs, self.urls = sqs, urls
        self.depths: dict[str, tuple[float, int]] = {}

    def send(self, work: Iterable[Work]) -> None:
        """Send work, ten messages a call. Raises Unavailable when SQS did not accept one of them."""
        by_operation = attrgetter("operation")
        for operation, messages in groupby(sorted(work, key=by_operation), key=by_operation):
            for batch in batched(messages, 10):
                entries = [{"Id": str(number), "MessageBody": encode_message(one)} for number, one in enumerate(batch)]
                with map_aws_errors():
                    response = self.sqs.send_message_batch(QueueUrl=self.urls[operation], Entries=entries)  # type: ignore[arg-type]
                if failed := response.get("Failed"):
                    codes = ", ".join(sorted({one["Code"] for one in failed}))
                    raise Unavailable(f"SQS did not accept {len(failed)} of {len(entries)} messages: {codes}")

    def get_depth(self, operation: str) -> int:
        """The approximate number of waiting messages, at most 15 seconds old."""
        at, depth = self.depths.get(operation, (float("-inf"), 0))
        if monotonic() - at > DEPTH_CACHE_S:
            with map_aws_errors():
                response = self.sqs.get_queue_attributes(QueueUrl=self.urls[operation], AttributeNames=DEPTH_ATTRIBUTES)
            depth = sum(int(response["Attributes"][name]) for name in DEPTH_ATTRIBUTES)
            self.depths[operation] = monotonic(), depth
        return depth


class SqsResultQueue:
    """The queue that ROUTE reads."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self.sqs, self.url = sqs, url

    def send(self, finished: AnalysisFinished) -> None:
        """Send the end of an analysis to ROUTE."""
        with map_aws_errors():
            self.sqs.send_message(QueueUrl=self.url, MessageBody=encode_message(finished))
