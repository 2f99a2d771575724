"""Kills the processes of a function, as AWS does when it loses the machine of a Lambda."""

from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from rekbridge.testing import Stack

from tests.integration.queues import get_queue


def kill_function(stack: Stack, function: str) -> int:
    """Kill every process that the emulator runs for a function of this stack. Returns their number."""
    name, port = stack.deployed.outputs["functions"][function], stack.cloud.endpoint.rpartition(":")[2]
    killed = 0
    for process in psutil.process_iter(["environ"]):
        environment = process.info["environ"] or {}
        is_function = environment.get("AWS_LAMBDA_FUNCTION_NAME") == name
        # Another local cloud on this machine may have functions with the same names.
        if is_function and environment.get("AWS_ENDPOINT_URL", "").endswith(f":{port}"):
            process.kill()
            killed += 1
    return killed


@contextmanager
def shorten_visibility_timeout(stack: Stack, *queues: str) -> Iterator[None]:
    """Let the messages of killed workers come back after seconds: the deployed timeout is six times the function's."""
    sqs, urls = stack.client("sqs"), [get_queue(stack, name).url for name in queues]
    attribute = "VisibilityTimeout"
    before = {url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[attribute])["Attributes"] for url in urls}
    try:
        for url in urls:
            sqs.set_queue_attributes(QueueUrl=url, Attributes={attribute: "5"})
        yield
    finally:
        for url in urls:
            sqs.set_queue_attributes(QueueUrl=url, Attributes=before[url])
