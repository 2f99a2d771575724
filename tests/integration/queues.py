"""The home queues of a stack by their short names: uploads, bridge, results, and the work queues by operation."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rekbridge.read_models.deployment import DeployedQueue
from rekbridge.testing import Stack, wait_until


def get_queue(stack: Stack, name: str) -> DeployedQueue:
    """The queue with this short name."""
    queues = stack.deployed.outputs["queues"]
    row = queues[name] if name in queues else queues["work"][name]
    return DeployedQueue(row["name"], row["url"], stack.deployed.home)


def send_messages(stack: Stack, name: str, *bodies: str) -> None:
    """Send messages to a queue."""
    sqs, url = stack.client("sqs"), get_queue(stack, name).url
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)


def wait_until_drained(stack: Stack, name: str) -> None:
    """Wait until every message of a queue is processed."""
    wait_until(lambda: stack.deployed.get_queue_depth(get_queue(stack, name)) == 0, f"{name} is drained")


def wait_for_messages(stack: Stack, name: str, count: int) -> None:
    """Wait until a queue holds so many messages."""
    queue = get_queue(stack, name)
    wait_until(lambda: stack.deployed.get_queue_depth(queue) >= count, f"{count} messages are in {name}")


def peek_messages(stack: Stack, name: str, text: str, count: int) -> list[dict[str, Any]]:
    """Wait until a queue without a consumer holds so many messages that contain a text. Returns them with traces."""
    sqs, url = stack.client("sqs"), get_queue(stack, name).url
    options = {"MaxNumberOfMessages": 10, "MessageSystemAttributeNames": ["AWSTraceHeader"]}
    messages: dict[str, dict[str, Any]] = {}

    def receive() -> list[dict[str, Any]]:
        # A received message is invisible for a second, so one receive may not return all of them.
        response = sqs.receive_message(QueueUrl=url, VisibilityTimeout=1, WaitTimeSeconds=1, **options)
        messages.update((one["MessageId"], one) for one in response.get("Messages", []) if text in one["Body"])
        return list(messages.values()) if len(messages) >= count else []

    return wait_until(receive, f"{count} messages with {text} are in {name}")


@contextmanager
def pause_consumer(stack: Stack, name: str) -> Iterator[None]:
    """Stop the consumer of a queue while the block runs."""
    _set_mapping_state(stack, name, "Disabled")
    try:
        yield
    finally:
        _set_mapping_state(stack, name, "Enabled")


def _set_mapping_state(stack: Stack, name: str, state: str) -> None:
    functions, mapping = stack.client("lambda"), stack.deployed.outputs["mappings"][name]
    functions.update_event_source_mapping(UUID=mapping, Enabled=state == "Enabled")
    wait_until(lambda: functions.get_event_source_mapping(UUID=mapping)["State"] == state, f"{name} is {state}")
