"""Copies outside home: none stays longer than it may, and one that is missing, or cannot be made, loses no image."""

from contextlib import suppress

import pytest
from rekbridge_lambda.domain.claims import MOST_ATTEMPTS
from rekbridge_lambda.domain.errors import Unavailable

from tests.builders import MINUTE
from tests.world import LONGEST_STAY, PATIENCE, World

HOUR = 60 * MINUTE


def unanswered() -> World:
    """An image with a staged copy whose region answers nobody."""
    world = World()
    world.ingest(world.holding())
    world.work.sent.clear()
    world.staging.arrivals.clear()
    return world


def delivered(world: World) -> None:
    """Everything that was sent, and what follows from it; what has to wait is lost."""
    while world.work.sent or world.staging.arrivals or world.answers:
        while world.staging.arrivals:
            world.bridge(world.staging.arrivals.pop())
        while world.work.sent:
            with suppress(Unavailable):
                world.analyze(world.work.sent.pop())
        while world.answers:
            world.route(world.answers.pop())


@pytest.mark.parametrize("days", [3, 10])
def test_no_copy_lies_outside_home_for_more_than_its_longest_stay_at_a_time(days: int) -> None:
    world = unanswered()
    began = since = world.now()
    while world.now() < began + days * 24 * HOUR:
        world.now.at += 5 * MINUTE
        world.sweep()
        since = since if world.staging.bodies else world.now()
        assert world.now() - since <= LONGEST_STAY + 5 * MINUTE


def test_an_overdue_image_whose_copy_is_there_is_not_sent_outside_home_again() -> None:
    world = unanswered()
    world.now.at += PATIENCE + 1
    world.sweep()
    assert world.staging.arrivals == []
    assert sorted(work.operation for work in world.work.sent) == ["faces", "labels", "text"]


def test_an_image_whose_prepared_copy_expired_comes_to_its_end_on_every_way() -> None:
    world = unanswered()
    world.staging.delete(list(world.staging.bodies))
    world.shelf.clear()
    for _ in range(3):
        world.now.at += 24 * HOUR
        with suppress(ExceptionGroup):
            world.sweep()
        delivered(world)
    [run] = world.library.all_runs.values()
    assert (run.pending, world.library.closed) == (frozenset(), {run.id})
    assert {result.code for result in world.library.results.values()} == {"gone"}


def test_an_event_told_again_after_the_prepared_image_expired_is_no_bug() -> None:
    world = unanswered()
    world.staging.delete(list(world.staging.bodies))
    world.shelf.clear()
    world.ingest(world.holding())
    delivered(world)
    assert {result.code for result in world.library.results.values()} == {"gone"}


def test_a_copy_that_cannot_be_made_for_an_hour_costs_no_attempt() -> None:
    world = World()
    work = world.work_of(world.holding(), "text")
    world.staging.delete(list(world.staging.bodies))
    put, until = world.staging.put, world.now() + HOUR

    def down(key: str, body: bytes) -> None:
        if world.now() < until:
            raise Unavailable("S3 is down in eu-west-1")
        put(key, body)

    world.staging.put = down  # type: ignore[method-assign]
    while not world.answers:
        with suppress(Unavailable):
            world.analyze(work)
        world.now.at += MINUTE
    assert world.answers[0].result
    [row] = world.ledger.values()
    assert [outcome for _, outcome, _ in row.attempts] == ["done"]


def test_copies_that_expire_before_their_turn_cost_no_attempt() -> None:
    world = World()
    work = world.work_of(world.holding(), "text")
    for _ in range(2 * MOST_ATTEMPTS):
        world.staging.delete(list(world.staging.bodies))
        world.analyze(work)
    world.analyze(work)
    assert world.answers[-1].result
