from dataclasses import replace

import pytest
from rekbridge_lambda.domain.errors import UnreadableMessage

from tests.builders import planned
from tests.world import World


@pytest.fixture
def world() -> World:
    world = World()
    world.ingest(world.holding())
    world.work.sent.clear()
    return world


def test_asks_for_the_operation_that_reads_the_copy(world: World) -> None:
    world.bridge(world.staging.arrivals[0])
    assert [work.operation for work in world.work.sent] == ["text"]


def test_asks_again_when_an_arrival_is_told_twice(world: World) -> None:
    for _ in range(2):
        world.bridge(world.staging.arrivals[0])
    first, second = world.work.sent
    assert first == second


def test_asks_for_nothing_once_the_operation_is_done(world: World) -> None:
    [run] = world.library.all_runs.values()
    world.library.all_runs[run.id] = replace(run, pending=frozenset({"labels"}))
    world.bridge(world.staging.arrivals[0])
    assert not world.work.sent


def test_asks_for_nothing_that_is_deployed_by_bytes_since(world: World) -> None:
    world.plan["text"] = planned("text", "bytes")
    world.bridge(world.staging.arrivals[0])
    assert not world.work.sent


def test_leaves_a_copy_of_no_run_alone(world: World) -> None:
    assert world.bridge("image/run/variant") == "no run of ours"


def test_takes_no_key_that_nobody_here_wrote(world: World) -> None:
    with pytest.raises(UnreadableMessage):
        world.bridge("someone-elses.jpg")
