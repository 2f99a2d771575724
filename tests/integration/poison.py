"""Messages that nobody can read, each in one batch with others that everybody can."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import uuid4

from rekbridge.records.library import Version
from rekbridge.testing import Stack

from tests.integration.pictures import picture
from tests.integration.queues import gathered, held, send

# The queues whose messages come in batches, and the one whose reader decides for itself what is dead.
BATCHED, SINGLE = ("uploads", "bridge", "results"), "labels"


@dataclass(frozen=True, slots=True)
class Poisoned:
    """The poison by its queue, and the uploads whose messages lay beside it."""

    bodies: Mapping[str, str]
    neighbours: Mapping[str, Version]

    @classmethod
    def send(cls, stack: Stack) -> Self:
        """Poison every queue. While one is held its poison and a neighbour's message gather to one batch."""
        bodies = {name: f"poison for {name} {uuid4().hex}" for name in (*BATCHED, SINGLE)}
        send(stack, SINGLE, bodies[SINGLE])
        neighbours = {}
        for name in BATCHED:
            with held(stack, name):
                send(stack, name, bodies[name])
                neighbours[name] = stack.upload(f"poisoned-{uuid4().hex[:8]}/{name}.jpg", picture(bodies[name]))
                gathered(stack, name, 2)
        return cls(bodies, neighbours)
