"""Dead letters of a deployment."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rekbridge.records.deployed import Deployed, Queue


@dataclass(frozen=True, slots=True)
class Letters:
    """What lies in the dead-letter queues."""

    deployed: Deployed

    def besides(self, expected: Collection[str]) -> list[tuple[str, str]]:
        """Every dead letter that nobody expected, with its queue."""
        return [(name, body) for name, body in self._all() if body not in expected]

    def within(self, queue: str) -> set[str]:
        """The bodies in the dead-letter queue of one queue."""
        return {body for name, body in self._all() if name.endswith(f"-{queue}-dead")}

    def _all(self) -> Iterator[tuple[str, str]]:
        waiting = [queue for queue in self.deployed.dead_letters() if self.deployed.depth(queue)]
        return ((queue.name, body) for queue in waiting for body in self._bodies(queue))

    def _bodies(self, queue: Queue) -> set[str]:
        """Read, and left where they are."""
        sqs, found = self.deployed.client("sqs", queue.region), dict[str, str]()
        while len(found) < self.deployed.depth(queue):
            answer = sqs.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10, VisibilityTimeout=0)
            found |= {message["MessageId"]: message["Body"] for message in answer.get("Messages", [])}
        return set(found.values())
