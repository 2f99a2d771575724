"""The dead-letter queues of a deployment."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from rekbridge.read_models.deployment import DeployedQueue, Deployment
from rekbridge.testing import wait_until


@dataclass(frozen=True)
class DeadLetters:
    """The messages in every DLQ: those that consumers sent there, and those that a service could not deliver."""

    deployed: Deployment

    def count_by_queue(self) -> dict[str, int]:
        """The number of messages by the name of the DLQ; empty ones are left out."""
        return +Counter({name: self.deployed.get_queue_depth(queue) for name, queue in self._dlqs.items()})

    def take(self, queue_name: str) -> str:
        """Wait for a message in the DLQ of a queue, delete it there, and return its body."""
        dlq = self._dlqs[f"{queue_name}-dlq"]
        sqs = self.deployed.client("sqs", dlq.region)
        (message,) = wait_until(
            lambda: sqs.receive_message(QueueUrl=dlq.url, MaxNumberOfMessages=1).get("Messages"),
            f"a message is in {dlq.name}",
        )
        sqs.delete_message(QueueUrl=dlq.url, ReceiptHandle=message["ReceiptHandle"])
        return str(message["Body"])

    @cached_property
    def _dlqs(self) -> dict[str, DeployedQueue]:
        return {queue.name: queue for queue in self.deployed.list_queues() if queue.name.endswith("-dlq")}
