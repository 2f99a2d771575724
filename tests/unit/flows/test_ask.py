"""One question about one image: what is asked, what is kept, and what the placement learns from it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from rekbridge_lambda.domain.claims import MOST_ATTEMPTS
from rekbridge_lambda.domain.errors import (
    ClaimHeld,
    Gone,
    NoAnswer,
    NotReady,
    RefusedByService,
    RegionRefused,
    StagedCopyMissing,
    Throttled,
    Unavailable,
)
from rekbridge_lambda.domain.operations import Planned
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.rate_limiting.state import Slot
from rekbridge_lambda.use_cases.paid_call import Asked, Picture

from tests.builders import MINUTE, NOW, REMOTE, answer, attempt
from tests.fakes import FakePlacement, FakeResults
from tests.world import DEADLINE, World

KEY = "image/p1/labels/0123456789abcdef-e1.json"
# What the call ends with; what the placement is to learn from it; what the ledger says then.
OUTCOMES = [
    pytest.param(None, "answered", ["done"], id="answered"),
    pytest.param(RefusedByService("no image"), "answered", ["failed"], id="refused for good"),
    pytest.param(StagedCopyMissing("no object"), "answered", ["failed"], id="no staged copy"),
    pytest.param(Throttled("slow down"), "throttled", [], id="throttled"),
    pytest.param(RegionRefused("no access", retry_in=900), "refused", [], id="region refused"),
    pytest.param(NotReady("the model is stopped"), "answered", [], id="model not running"),
    pytest.param(NoAnswer("ten seconds"), "failed", [], id="no answer"),
    pytest.param(Unavailable("connection refused"), "failed", [], id="region down"),
]


def picture() -> Picture:
    return {"Bytes": b"cat"}, 3


def asked(world: World, picture: Callable[[], Picture] = picture) -> Asked | None:
    return world.ask()(KEY, world.plan["labels"], picture, world.now() + DEADLINE)


@pytest.fixture
def world() -> World:
    return World()


@dataclass
class Witness(FakePlacement):
    """Looks, whenever it is told something, at what is safe by then."""

    world: World = field(default_factory=World)
    seen: list[Any] = field(default_factory=list)

    def look(self, slot: Slot) -> None:
        lease = self.world.ledger[KEY]
        self.seen.append((lease.until, [outcome for _, outcome, _ in lease.attempts], KEY in self.world.results))

    answered = throttled = failed = refused = look


@pytest.mark.parametrize(("error", "lesson", "outcomes"), OUTCOMES)
def test_each_outcome_teaches_the_placement_one_thing(
    world: World, error: Exception | None, lesson: str, outcomes: list[str]
) -> None:
    world.vision.errors = [error] if error else []
    with suppress(Unavailable):
        asked(world)
    assert world.placement.told == [(lesson, REMOTE)]


@pytest.mark.parametrize(("error", "lesson", "outcomes"), OUTCOMES)
def test_the_outcome_is_safe_before_the_placement_is_told(
    world: World, error: Exception | None, lesson: str, outcomes: list[str]
) -> None:
    world.vision.errors = [error] if error else []
    world.placement = witness = Witness(world=world)
    with suppress(Unavailable):
        asked(world)
    stored = error is None or isinstance(error, RefusedByService)
    assert witness.seen == [(None, outcomes, stored)]


def test_a_placement_that_cannot_be_told_costs_no_second_call(world: World) -> None:
    class Deaf(FakePlacement):
        def answered(self, slot: Slot) -> None:
            raise Unavailable("the pace table is busy")

    world.placement = Deaf()
    with pytest.raises(Unavailable):
        asked(world)
    assert asked(world) is None
    assert world.vision.calls == ["labels"]


@dataclass
class Busy(FakeResults):
    """Takes nothing until a time."""

    world: World
    until: int

    def put(self, key: str, result: Result) -> None:
        if self.world.now() < self.until:
            raise Unavailable("slow down")
        super().put(key, result)


def test_a_paid_answer_is_offered_to_a_busy_bucket_until_it_is_taken(world: World) -> None:
    world.results = Busy(world, until=NOW + DEADLINE // 2)
    assert asked(world)
    assert (world.vision.calls, list(world.results)) == (["labels"], [KEY])


def test_a_bucket_that_takes_nothing_is_left_in_time_to_say_so(world: World) -> None:
    world.results = Busy(world, until=NOW + MINUTE)
    with pytest.raises(Unavailable):
        asked(world)
    assert DEADLINE - 3_000 <= world.now() - NOW <= DEADLINE - 2_500


def test_what_was_answered_before_takes_no_slot(world: World) -> None:
    world.results[KEY] = answer("Cat")
    world.placement.full = Throttled("full")
    assert asked(world) is None


def answered_meanwhile(world: World, before: int) -> Callable[[], Picture]:
    """A picture that takes so long to read that another worker brings the answer, after so many failed attempts."""

    def read() -> Picture:
        for _ in range(before):
            world.ledger.settle(world.ledger.claim(KEY, attempt(NOW), NOW + MINUTE), "failed", "no answer")
        assert asked(world)
        return picture()

    return read


@pytest.mark.parametrize("before", [0, 2, MOST_ATTEMPTS - 1])
def test_an_answer_that_came_while_a_slot_was_waited_for_is_not_paid_again(world: World, before: int) -> None:
    assert asked(world, answered_meanwhile(world, before)) is None
    lease = world.ledger[KEY]
    assert world.vision.calls == ["labels"]
    assert [outcome for _, outcome, _ in lease.attempts] == ["failed"] * before + ["done"]
    assert (lease.until, lease.unpaid) == (None, 0)


def test_an_answer_that_has_expired_is_asked_for_again(world: World) -> None:
    asked(world)
    world.results.clear()
    assert asked(world)
    assert world.vision.calls == ["labels", "labels"]


def test_a_call_waits_for_its_slot_and_the_picture_is_read_meanwhile(world: World) -> None:
    class Later(FakePlacement):
        def place(self, planned: Planned) -> Slot:
            return replace(super().place(planned), at=(NOW + 1500) * 1000)

    read_at: list[int] = []

    def read() -> Picture:
        read_at.append(world.now())
        return picture()

    world.placement = Later()
    told = asked(world, read)
    [(tried, _, _)] = world.ledger[KEY].attempts
    assert (read_at, tried.at, world.results[KEY].asked_at) == ([NOW], NOW + 1500, NOW + 1500)
    assert told == Asked(REMOTE, waited_ms=1500, called_ms=0)


def test_a_picture_that_is_gone_leases_nothing_and_says_nothing_of_the_region(world: World) -> None:
    def gone() -> Picture:
        raise Gone("expired")

    with pytest.raises(Gone):
        asked(world, gone)
    assert (dict(world.ledger), world.placement.told) == ({}, [])


def test_a_held_claim_says_nothing_of_the_region(world: World) -> None:
    world.ledger.claim(KEY, attempt(world.now()), until=world.now() + MINUTE)
    with pytest.raises(ClaimHeld):
        asked(world)
    assert (world.placement.told, world.vision.calls) == ([], [])
