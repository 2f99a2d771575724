"""Workers killed between any two effects: at most one paid call a lease, and an answer that is stored stays."""

import pytest
from rekbridge_lambda.domain.errors import ClaimHeld, RefusedByService, Throttled, Unavailable

from tests.interrupted import Fuse, Killed, Wrap, killings, unharmed
from tests.world import DEADLINE, World


def until_answered(world: World, wrap: Wrap) -> None:
    """One work message, delivered again for as long as it has to wait."""
    work = world.work_of(world.holding())
    while not world.answers:
        try:
            world.analyze(work, wrap)
        except Unavailable:
            world.now.at += DEADLINE


@pytest.mark.parametrize("errors", [[], [RefusedByService("no")], [Throttled("slow down")]])
def test_killed_between_any_two_effects_ends_as_undisturbed(errors: list[Exception]) -> None:
    def prepared() -> World:
        world = World()
        world.vision.errors = list(errors)
        return world

    calm = prepared()
    until_answered(calm, unharmed)
    disturbed = killings(prepared, until_answered)
    assert len(disturbed) >= 6
    for world in disturbed:
        until_answered(world, unharmed)
        assert world.results.keys() == calm.results.keys()
        assert world.answers[0] == calm.answers[0]


def test_only_a_worker_killed_between_call_and_store_costs_a_second_call() -> None:
    disturbed = killings(World, until_answered)
    for world in disturbed:
        until_answered(world, unharmed)
    calls = [len(world.vision.calls) for world in disturbed]
    assert (calls.count(1), calls.count(2)) == (len(calls) - 1, 1)


def test_nobody_else_pays_before_the_killed_workers_deadline_has_passed() -> None:
    world = World()
    work = world.work_of(world.holding())
    # Answer there? Where to? The bytes; the claim.
    with pytest.raises(Killed):
        world.analyze(work, Fuse(4))
    assert len(world.ledger) == 1
    world.now.at += DEADLINE
    with pytest.raises(ClaimHeld):
        world.analyze(work)
    world.now.at += 1001
    world.analyze(work)
    assert world.vision.calls == ["labels"]
