"""Messages that nobody can read end beside their queue, and hold up nobody in their batch."""

import json
from uuid import uuid4

import pytest
from rekbridge.testing import Stack

from tests.integration.letters import Letters
from tests.integration.pictures import picture
from tests.integration.queues import gathered, held, queue, send

# Those whose messages come in batches.
BATCHED = ["bridge", "results"]


@pytest.mark.parametrize("name", ["uploads", "labels", "faces", *BATCHED])
@pytest.mark.parametrize("body", ["no JSON", json.dumps({"schema": 99, "of": "another version"}), "[]"])
def test_poison_ends_in_the_dead_letter_queue_of_its_queue(
    stack: Stack, letters: Letters, name: str, body: str
) -> None:
    send(stack, name, body)

    assert letters.take(queue(stack, name).name) == body


@pytest.mark.parametrize("name", BATCHED)
def test_poison_holds_up_nobody_in_its_batch(stack: Stack, letters: Letters, owner: str, name: str) -> None:
    poison = f"poison {uuid4().hex}"
    with held(stack, name):
        send(stack, name, poison)
        version = stack.upload(f"{owner}/portrait.jpg", picture(owner))
        gathered(stack, name, 2)

    story = stack.settled(version)
    assert {found.answer_status for found in story.results.values()} == {"done"}
    assert letters.take(queue(stack, name).name) == poison
