"""One question, asked again for as long as its caller can wait."""

from dataclasses import dataclass, field

import pytest
from rekbridge_lambda.domain.errors import ClaimHeld, NoAnswer, Throttled, Unavailable
from rekbridge_lambda.use_cases.paid_call import Asked
from rekbridge_lambda.use_cases.retry import AskUntil

from tests.builders import MINUTE, answer, attempt
from tests.caller import BUDGET_MS
from tests.fakes import FakePause, FakeResults
from tests.world import World

KEY = "image/p1/labels/0123456789abcdef-e1.json"
# An attempt may take 16 s, and 2.5 s are left to tell its outcome.
LAST_TRY_MS = BUDGET_MS - 16_000 - 2_500


@dataclass
class Noted(FakePause):
    """Remembers how long each pause was."""

    pauses: list[int] = field(default_factory=list)

    def __call__(self, milliseconds: int) -> None:
        self.pauses.append(milliseconds)
        super().__call__(milliseconds)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def pause(world: World) -> Noted:
    return Noted(world.now)


def asked(world: World, pause: FakePause, budget_ms: int = BUDGET_MS) -> Asked | None:
    ask = AskUntil(world.results, world.ask(), pause, world.now)
    return ask(KEY, world.plan["labels"], ({"Bytes": b"cat"}, 3), world.now() + budget_ms)


def test_each_pause_is_longer_than_the_last_up_to_two_seconds(world: World, pause: Noted) -> None:
    world.vision.errors = [Unavailable("down")] * 99
    with pytest.raises(Unavailable):
        asked(world, pause)
    assert pause.pauses == [250, 500, 1_000, 2_000, 2_000, 2_000, 2_000]


def test_a_quota_that_is_full_is_waited_for_as_long_as_it_says(world: World, pause: Noted) -> None:
    world.vision.errors = [Throttled("full", retry_in=1.5), Throttled("full", retry_in=0.4)]
    assert asked(world, pause)
    assert pause.pauses == [1_500, 400]


@pytest.mark.parametrize(("wait_ms", "answered"), [(LAST_TRY_MS, True), (LAST_TRY_MS + 1, False)])
def test_a_try_is_made_only_while_it_can_end_in_time(world: World, pause: Noted, wait_ms: int, answered: bool) -> None:
    world.vision.errors = [Throttled("full", retry_in=wait_ms / 1000)]
    try:
        assert bool(asked(world, pause)) is answered
    except Throttled:
        assert not answered


def test_one_try_is_made_where_it_can_just_end_in_time(world: World, pause: Noted) -> None:
    assert asked(world, pause, budget_ms=16_000 + 2_500)


def test_no_try_is_made_where_none_can_end_in_time(world: World, pause: Noted) -> None:
    with pytest.raises(NoAnswer, match="upload it"):
        asked(world, pause, budget_ms=16_000 + 2_499)
    assert world.vision.calls == []


@dataclass
class Later(FakeResults):
    """Somebody else's answer comes at a time."""

    world: World
    at: int

    def find(self, key: str) -> bool:
        if self.world.now() >= self.at:
            self.put(key, answer("Cat"))
        return super().find(key)


def held(world: World, answered_after: int) -> None:
    """Somebody else is at the question."""
    world.ledger.claim(KEY, attempt(world.now()), until=world.now() + MINUTE)
    world.results = Later(world, world.now() + answered_after)


@pytest.mark.parametrize("answered_after", [1_000, LAST_TRY_MS + 1_000, BUDGET_MS - 2_500 - 250])
def test_the_answer_that_somebody_else_gets_is_waited_for(world: World, pause: Noted, answered_after: int) -> None:
    held(world, answered_after)
    assert asked(world, pause) is None
    assert world.vision.calls == []


def test_an_answer_that_comes_too_late_is_not_waited_for(world: World, pause: Noted) -> None:
    held(world, answered_after=BUDGET_MS - 2_500)
    began = world.now()
    with pytest.raises(ClaimHeld):
        asked(world, pause)
    assert world.now() - began < BUDGET_MS - 2_500
