"""Unreadable (poison) messages go to the DLQ of their queue and do not delay others in their batch."""

import json
from uuid import uuid4

import pytest
from rekbridge.testing import Stack

from tests.integration.dead_letters import DeadLetters
from tests.integration.queues import get_queue, pause_consumer, send_messages, wait_for_messages
from tests.integration.sample_images import make_image

# The queues whose messages are processed in batches.
BATCHED = ["bridge", "results"]


@pytest.mark.parametrize("name", ["uploads", "labels", "faces", *BATCHED])
@pytest.mark.parametrize("body", ["no JSON", json.dumps({"schema": 99, "of": "another version"}), "[]"])
def test_a_poison_message_goes_to_the_dlq_of_its_queue(
    stack: Stack, dead_letters: DeadLetters, name: str, body: str
) -> None:
    send_messages(stack, name, body)

    assert dead_letters.take(get_queue(stack, name).name) == body


@pytest.mark.parametrize("name", BATCHED)
def test_a_poison_message_does_not_delay_others_in_its_batch(
    stack: Stack, dead_letters: DeadLetters, owner: str, name: str
) -> None:
    poison = f"poison {uuid4().hex}"
    with pause_consumer(stack, name):
        send_messages(stack, name, poison)
        version = stack.upload(f"{owner}/portrait.jpg", make_image(owner))
        wait_for_messages(stack, name, 2)

    status = stack.wait_until_settled(version)
    assert {result.status for result in status.results.values()} == {"done"}
    assert dead_letters.take(get_queue(stack, name).name) == poison
