"""The API beside a worker, and a deployment between two stations: paid once, counted once, closed in the end."""

from contextlib import suppress
from itertools import permutations

import pytest
from rekbridge_lambda.domain.errors import NoAnswer, Throttled, Unavailable
from rekbridge_lambda.domain.requests import Question, Stored
from rekbridge_lambda.use_cases.retry import AskUntil
from rekbridge_lambda.use_cases.synchronous_analysis import AnalyzeNow

from tests.builders import answer, planned
from tests.fakes import FakePause
from tests.interrupted import Wrap, passings
from tests.unit.flows.test_two_stations import Act, analyze, settle
from tests.world import World

BUDGET = 29_000


def asking() -> World:
    world = World()
    world.vision.answers["labels"] = answer("Cat").answer
    world.ingest(world.holding())
    world.work.sent.clear()
    return world


def now(world: World, wrap: Wrap) -> None:
    results = wrap(world.results)
    pause = FakePause(world.now)
    until = AskUntil(results, world.ask(wrap), pause, world.now)
    station = AnalyzeNow(wrap(world.media), wrap(world.preparation), results, until, world.now)
    with suppress(Unavailable):
        station(world.plan["labels"], Question((Stored("anna/cat.png"),), {}), "caller/x", world.now() + BUDGET)


@pytest.mark.parametrize("errors", [[], [Throttled("slow down")], [NoAnswer("ten seconds")]])
@pytest.mark.parametrize("other", [analyze("labels"), now])
def test_a_caller_and_a_worker_pay_once(other: Act, errors: list[Exception]) -> None:
    def prepare() -> World:
        world = asking()
        world.vision.errors = list(errors)
        return world

    for a, b in permutations((now, other)):
        for world in passings(prepare, a, b):
            world.now.at += 60_000
            [run] = world.library.all_runs.values()
            world.work.send([run.work("labels")])
            settle(world)
            assert world.vision.calls.count("labels") == 1
            [run] = world.library.all_runs.values()
            assert (run.pending, world.library.closed) == (frozenset(), {run.id})
            assert world.library.counts("anna") == {"Cat": 1}


def changed(world: World) -> None:
    """A deployment: another way, other parameters, one operation more and one less."""
    world.plan = {
        "labels": planned("labels", "staged"),
        "text": planned("text", MinConfidence=80),
        "moderation": planned("moderation"),
    }


def test_a_deployment_between_ingest_and_route() -> None:
    def prepare() -> World:
        world = asking()
        [run] = world.library.all_runs.values()
        for name in ("labels", "faces", "text"):
            world.analyze(run.work(name))
        changed(world)
        return world

    def route(world: World, wrap: Wrap) -> None:
        for one in list(world.answers)[:3]:
            world.route(one, wrap)

    def ingest(world: World, wrap: Wrap) -> None:
        world.ingest(world.holding(version="v2"), wrap)

    for a, b in permutations((route, ingest)):
        for world in passings(prepare, a, b):
            settle(world)
            assert {run.pending for run in world.library.all_runs.values()} == {frozenset()}
            assert len(world.library.closed) == len(world.library.all_runs) == 2
            assert world.vision.calls.count("labels") == 1
            assert world.library.counts("anna") == {"Cat": 1}
            assert world.staging.bodies == {}
