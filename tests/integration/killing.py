"""Processes that end at once, as a Lambda's do when its machine is lost."""

from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from rekbridge.testing import Stack

from tests.integration.queues import queue


def kill(stack: Stack, function: str) -> int:
    """Kill every process of a function of this stack, as the emulator has them on this machine; how many."""
    name, cloud = stack.deployed.told["functions"][function], stack.cloud.endpoint.rpartition(":")[2]
    killed = 0
    for process in psutil.process_iter(["environ"]):
        told = process.info["environ"] or {}
        # Others may run a stack of the same names beside this one.
        if told.get("AWS_LAMBDA_FUNCTION_NAME") == name and told.get("AWS_ENDPOINT_URL", "").endswith(f":{cloud}"):
            process.kill()
            killed += 1
    return killed


@contextmanager
def soon_delivered_again(stack: Stack, *queues: str) -> Iterator[None]:
    """What a killed worker has not done comes back in seconds: six of its timeouts are minutes."""
    sqs, urls = stack.client("sqs"), [queue(stack, name).url for name in queues]
    wanted = "VisibilityTimeout"
    before = {url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[wanted])["Attributes"] for url in urls}
    try:
        for url in urls:
            sqs.set_queue_attributes(QueueUrl=url, Attributes={wanted: "5"})
        yield
    finally:
        for url in urls:
            sqs.set_queue_attributes(QueueUrl=url, Attributes=before[url])
