"""Two workers at the same message, passing each other between any two effects: done once, paid once, counted once."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from rekbridge_lambda.domain.errors import RefusedByService, Throttled, Unavailable

from tests.builders import answer
from tests.interrupted import Wrap, overtakings, unharmed
from tests.world import DEADLINE, World


def analyzing(operation: str, errors: list[Exception]) -> tuple[Callable[[], World], Callable[[World, Wrap], Any]]:
    """A world with work to do, and a worker at it, who leaves it to a later delivery when it has to wait."""

    def prepared() -> World:
        world = World()
        world.ingest(world.holding())
        world.vision.errors = list(errors)
        return world

    def act(world: World, wrap: Wrap) -> None:
        [run] = world.library.all_runs.values()
        with suppress(Unavailable):
            world.analyze(run.work(operation), wrap)

    return prepared, act


@pytest.mark.parametrize("operation", ["labels", "text"])
@pytest.mark.parametrize("errors", [[], [RefusedByService("no image")], [Throttled("slow down")]])
def test_a_question_is_paid_once(operation: str, errors: list[Exception]) -> None:
    prepared, act = analyzing(operation, errors)
    moments = 0
    for world in overtakings(prepared, act):
        moments += 1
        # Whoever had to wait comes back.
        while not world.answers:
            world.now.at += DEADLINE
            act(world, unharmed)
        [lease] = world.ledger.values()
        refused = isinstance(errors[0] if errors else None, RefusedByService)
        assert len(world.vision.calls) == (0 if refused else 1)
        assert [outcome for _, outcome, _ in lease.attempts] == ["failed" if refused else "done"]
        assert lease.until is None
    assert moments > 40


def test_an_upload_is_admitted_once() -> None:
    calm = World()
    calm.ingest(calm.holding())
    for world in overtakings(World, lambda world, wrap: world.ingest(world.holding(), wrap)):
        assert world.seen() == calm.seen()
        assert {work.body() for work in world.work.sent} == {work.body() for work in calm.work.sent}


def test_an_answer_is_counted_once() -> None:
    def prepared() -> World:
        world = World()
        world.vision.answers["labels"] = answer("Cat").answer
        world.analyze(world.work_of(world.holding()))
        return world

    for world in overtakings(prepared, lambda world, wrap: world.route(world.answers[0], wrap)):
        assert world.library.counts("anna") == {"Cat": 1}
        assert "labels" not in next(iter(world.library.all_runs.values())).pending
