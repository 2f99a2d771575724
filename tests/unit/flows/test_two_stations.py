"""Two different stations at one image, passing each other between any two effects: in the end all is as undisturbed."""

from collections.abc import Callable
from contextlib import suppress
from itertools import permutations

import pytest
from rekbridge_lambda.domain.errors import Unavailable

from tests.builders import MINUTE, answer
from tests.interrupted import Wrap, passings
from tests.world import PATIENCE, World

type Act = Callable[[World, Wrap], object]


def deliver(world: World) -> None:
    """Whatever was sent is delivered, and what follows from that, until nothing is left."""
    while world.work.sent or world.staging.arrivals or world.answers:
        while world.staging.arrivals:
            world.bridge(world.staging.arrivals.pop())
        while world.work.sent:
            work = world.work.sent.pop()
            try:
                world.analyze(work)
            except Unavailable:
                world.work.sent.append(work)
                world.now.at += MINUTE
        while world.answers:
            world.route(world.answers.pop())


def settle(world: World) -> None:
    """Everything delivered; then sweeps, until the longest stay is over."""
    deliver(world)
    for _ in range(4):
        world.now.at += PATIENCE + MINUTE
        with suppress(ExceptionGroup):
            world.sweep()
        deliver(world)


def begun() -> World:
    """An image taken in, nothing of it analysed yet, long enough ago for SWEEP."""
    world = World()
    world.vision.answers["labels"] = answer("Cat").answer
    world.ingest(world.holding())
    world.now.at += PATIENCE + 1
    return world


def half() -> World:
    """The same, two of its three answers on their way to ROUTE."""
    world = begun()
    [run] = world.library.all_runs.values()
    for name in ("labels", "text"):
        world.analyze(run.work(name))
    return world


def last() -> World:
    """The same, and only the staged one left."""
    world = half()
    [run] = world.library.all_runs.values()
    world.analyze(run.work("faces"))
    text = next(one for one in world.answers if one.operation == "text")
    for one in list(world.answers):
        if one is not text:
            world.route(one)
    world.answers[:] = [text]
    return world


def route(operation: str) -> Act:
    def act(world: World, wrap: Wrap) -> object:
        told = next(one for one in list(world.answers) if one.operation == operation)
        return world.route(told, wrap)

    return act


def ingest(key: str = "anna/cat.png", version: str = "v1") -> Act:
    return lambda world, wrap: world.ingest(world.holding(key=key, version=version), wrap)


def sweep(world: World, wrap: Wrap) -> object:
    return world.sweep(wrap)


def bridge(world: World, wrap: Wrap) -> object:
    [run] = world.library.all_runs.values()
    [copy] = run.staged
    return world.bridge(copy, wrap)


def analyze(operation: str) -> Act:
    def act(world: World, wrap: Wrap) -> None:
        [run] = world.library.all_runs.values()
        with suppress(Unavailable):
            world.analyze(run.work(operation), wrap)

    return act


PAIRS = [
    pytest.param(half, route("labels"), route("text"), id="route x route"),
    pytest.param(last, sweep, route("text"), id="sweep x route"),
    pytest.param(half, sweep, route("text"), id="sweep x route, not the last"),
    pytest.param(begun, sweep, ingest(), id="sweep x ingest again"),
    pytest.param(begun, sweep, ingest("anna/copy.png"), id="sweep x ingest of a copy"),
    pytest.param(last, route("text"), ingest("anna/copy.png"), id="route x ingest of a copy"),
    pytest.param(begun, sweep, bridge, id="sweep x bridge"),
    pytest.param(last, route("text"), bridge, id="route x bridge"),
    pytest.param(begun, sweep, analyze("text"), id="sweep x analyze"),
    pytest.param(begun, sweep, analyze("labels"), id="sweep x analyze by bytes"),
    pytest.param(last, route("text"), analyze("text"), id="route x analyze"),
    pytest.param(begun, sweep, sweep, id="sweep x sweep"),
    pytest.param(last, sweep, sweep, id="sweep x sweep, one left"),
    pytest.param(World, ingest(), ingest("anna/copy.png"), id="ingest x ingest of a copy"),
    pytest.param(World, ingest(), sweep, id="ingest x sweep"),
]


@pytest.mark.parametrize(("prepare", "one", "other"), PAIRS)
def test_two_stations(prepare: Callable[[], World], one: Act, other: Act) -> None:
    moments = 0
    for a, b in permutations((one, other)):
        for world in passings(prepare, a, b):
            moments += 1
            settle(world)
            [run] = world.library.all_runs.values()
            assert (run.pending, world.library.closed) == (frozenset(), {run.id})
            assert sorted(world.vision.calls) == ["faces", "labels", "text"]
            assert all(outcome == "done" for row in world.ledger.values() for _, outcome, _ in row.attempts)
            assert world.staging.bodies == {}
            if prepare is not World:
                assert world.library.counts("anna") == {"Cat": 1}
    assert moments > 8
