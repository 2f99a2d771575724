"""Dead letters of a deployment."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from rekbridge.read_models.deployed import Deployed, Queue
from rekbridge.testing import until


@dataclass(frozen=True)
class Letters:
    """What lies in the queues that nobody reads: each queue's dead letters, and what could not be delivered."""

    deployed: Deployed

    def waiting(self) -> dict[str, int]:
        """How many there are, by queue."""
        return +Counter({name: self.deployed.depth(queue) for name, queue in self._unread.items()})

    def take(self, name: str) -> str:
        """Wait for one beside the queue of this name, take it out and give its body."""
        queue = self._unread[f"{name}-dead"]
        sqs = self.deployed.client("sqs", queue.region)
        ask = {"QueueUrl": queue.url, "MaxNumberOfMessages": 1}
        (letter,) = until(lambda: sqs.receive_message(**ask).get("Messages"), f"a dead letter in {queue.name}")
        sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=letter["ReceiptHandle"])
        return str(letter["Body"])

    @cached_property
    def _unread(self) -> dict[str, Queue]:
        return {queue.name: queue for queue in self.deployed.queues() if queue.name.endswith(("-dead", "-undelivered"))}
