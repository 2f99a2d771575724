"""Nothing is paid for that can no longer be kept, and what was not called is no attempt."""

from contextlib import suppress

import pytest
from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.errors import Unavailable

from tests.builders import NOW, attempt
from tests.world import DEADLINE, World

# Rekognition takes up to ten seconds, and three to be reached (adapters/aws.py).
CALL_MS = 13_000


@pytest.mark.parametrize("late", [0, 5_000, 16_900, 17_001, 25_000])
def test_no_call_begins_that_the_deadline_would_cut_off(late: int) -> None:
    world = World()
    work = world.work_of(world.holding())
    read, asked = world.shelf.get, list[int]()

    def slowly(key: str) -> bytes:
        world.now.at += late
        return read(key)

    def looked(*arguments: object) -> dict[str, object]:
        asked.append(world.now() - NOW)
        return {"Labels": []}

    world.shelf.get, world.vision.analyze = slowly, looked  # type: ignore[method-assign, assignment]
    with suppress(Unavailable):
        world.analyze(work)
    assert all(at + CALL_MS <= DEADLINE for at in asked)
    assert bool(asked) == (late + CALL_MS <= DEADLINE)


def test_work_that_came_too_late_for_a_call_leaves_no_attempt() -> None:
    world = World()
    work = world.work_of(world.holding())
    read = world.shelf.get

    def slowly(key: str) -> bytes:
        world.now.at += DEADLINE - 1
        return read(key)

    world.shelf.get = slowly  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        world.analyze(work)
    assert world.ledger == {}


def test_a_claim_that_could_not_be_looked_at_is_given_back() -> None:
    world = World()
    work = world.work_of(world.holding())
    key = ids.result_key(work.image, "labels", world.plan["labels"].parameters)
    world.ledger.settle(world.ledger.claim(key, attempt(NOW), NOW + 1), "failed", "no answer")
    looks = iter([False, None])

    def find(key: str) -> bool:
        if (found := next(looks)) is None:
            raise Unavailable("the bucket is busy")
        return found

    world.results.find = find  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        world.analyze(work)
    assert ([outcome for _, outcome, _ in world.ledger[key].attempts], world.ledger[key].until) == (["failed"], None)
