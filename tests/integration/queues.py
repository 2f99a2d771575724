"""The home queues of a stack, by their short names: uploads, bridge, results, and work by its operation."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rekbridge.read_models.deployed import Queue
from rekbridge.testing import Stack, until


def queue(stack: Stack, name: str) -> Queue:
    """One of them."""
    told = stack.deployed.told["queues"]
    found = told[name] if name in told else told["work"][name]
    return Queue(found["name"], found["url"], stack.deployed.home)


def send(stack: Stack, name: str, *bodies: str) -> None:
    """Put messages into a queue."""
    sqs, url = stack.client("sqs"), queue(stack, name).url
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)


def drained(stack: Stack, name: str) -> None:
    """Wait until every message of a queue is done."""
    until(lambda: stack.deployed.depth(queue(stack, name)) == 0, f"{name} is drained")


def gathered(stack: Stack, name: str, many: int) -> None:
    """Wait until so many messages lie in a queue."""
    until(lambda: stack.deployed.depth(queue(stack, name)) >= many, f"{many} messages gather in {name}")


def peeked(stack: Stack, name: str, about: str, many: int) -> list[dict[str, Any]]:
    """Wait until so many messages that mention something lie in a queue that nobody reads; their traces with them."""
    sqs, told = stack.client("sqs"), {"MaxNumberOfMessages": 10, "MessageSystemAttributeNames": ["AWSTraceHeader"]}
    found: dict[str, dict[str, Any]] = {}

    def look() -> list[dict[str, Any]]:
        # Each is hidden for a second by the look that finds it: two may never be seen together.
        answer = sqs.receive_message(QueueUrl=queue(stack, name).url, VisibilityTimeout=1, WaitTimeSeconds=1, **told)
        found.update((one["MessageId"], one) for one in answer.get("Messages", []) if about in one["Body"])
        return list(found.values()) if len(found) >= many else []

    return until(look, f"{many} messages about {about} gather in {name}")


@contextmanager
def held(stack: Stack, name: str) -> Iterator[None]:
    """Nobody reads the queue within the block."""
    _switch(stack, name, "Disabled")
    try:
        yield
    finally:
        _switch(stack, name, "Enabled")


def _switch(stack: Stack, name: str, state: str) -> None:
    functions, mapping = stack.client("lambda"), stack.deployed.told["mappings"][name]
    functions.update_event_source_mapping(UUID=mapping, Enabled=state == "Enabled")
    until(lambda: functions.get_event_source_mapping(UUID=mapping)["State"] == state, f"{name} is {state}")
