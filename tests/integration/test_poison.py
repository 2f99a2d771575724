"""Messages that nobody can read end beside their queue, and hold up nobody in their batch."""

import pytest
from rekbridge.testing import Stack, until

from tests.integration.letters import Letters
from tests.integration.poison import BATCHED, SINGLE, Poisoned


@pytest.mark.parametrize("name", [*BATCHED, SINGLE])
def test_poison_ends_in_the_dead_letter_queue_of_its_queue(letters: Letters, poisoned: Poisoned, name: str) -> None:
    queue = f"work-{name}" if name == SINGLE else name
    until(lambda: poisoned.bodies[name] in letters.within(queue), f"the poison of {name} is dead", patience_s=150)


@pytest.mark.parametrize("name", BATCHED)
def test_poison_holds_up_nobody_in_its_batch(stack: Stack, poisoned: Poisoned, name: str) -> None:
    story = stack.settled(poisoned.neighbours[name])

    assert {found.answer_status for found in story.results.values()} == {"done"}
