"""Analyse now: an answer, or the reason why there is none, within its time, whatever the regions do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rekbridge_lambda.domain.errors import NoAnswer, RegionRefused, Throttled, Unavailable
from rekbridge_lambda.domain.operations import Planned
from rekbridge_lambda.imaging.sniffing import Limits, Picture, Prepared
from rekbridge_lambda.rate_limiting.state import Slot

from tests.builders import png
from tests.caller import BUDGET_MS, Caller
from tests.fakes import FakePlacement, FakePreparation, FakeVision


@dataclass
class Slow(FakeVision):
    """Takes its time, also for its errors."""

    takes_ms: int = 0
    clock: Any = None
    began: list[int] = field(default_factory=list)

    def analyze(self, planned: Planned, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
        self.began.append(self.clock.at)
        self.clock.at += self.takes_ms
        return super().analyze(planned, region, image)


@dataclass
class FiveSecondsAhead(FakePlacement):
    """Every slot lies as far ahead as the API looks."""

    clock: Any = None

    def place(self, planned: Planned) -> Slot:
        slot = super().place(planned)
        return Slot(
            slot.operation, slot.region, slot.quota, at=(self.clock.at + 5_000) * 1000, issued=self.clock.at * 1000
        )


def slow(caller: Caller, takes_ms: int, *errors: Exception) -> Slow:
    vision = Slow(caller.world.staging, errors=list(errors), takes_ms=takes_ms, clock=caller.world.now)
    caller.world.vision = vision
    return vision


@pytest.mark.parametrize("error", [Throttled("slow down"), Unavailable("down"), RegionRefused("no"), NoAnswer("late")])
def test_a_region_that_fails_is_followed_by_another_try(caller: Caller, error: Exception) -> None:
    slow(caller, 200, error)
    told = caller.ask("labels", png()).json["Rekbridge"]
    # The call that failed and a pause of 250 ms; then the call that is answered.
    assert (told["cached"], told["waited_ms"], told["called_ms"]) == (False, 450, 200)


STAYS_WRONG = [
    (Throttled("slow down", retry_in=2.1), 100, (429, "throttled", "3")),
    (Unavailable("the region is down"), 100, (503, "unavailable", "1")),
    (NoAnswer("the region is slow"), 10_000, (504, "timeout", "1")),
]


@pytest.mark.parametrize(("error", "takes_ms", "told"), STAYS_WRONG)
def test_what_stays_wrong_is_told_with_a_time_to_come_back(
    caller: Caller, error: Exception, takes_ms: int, told: tuple[int, str, str]
) -> None:
    slow(caller, takes_ms, *[error] * 200)
    reply = caller.ask("labels", png())
    assert (reply.status, reply.json["code"], reply.headers["Retry-After"]) == told


@pytest.mark.parametrize(("error", "takes_ms"), [row[:2] for row in STAYS_WRONG])
def test_what_stays_wrong_is_told_in_time_to_be_heard(caller: Caller, error: Exception, takes_ms: int) -> None:
    vision, began = slow(caller, takes_ms, *[error] * 200), caller.world.now.at
    caller.world.placement = FiveSecondsAhead(clock=caller.world.now)
    caller.ask("labels", png())
    assert vision.began
    assert caller.world.now.at - began <= BUDGET_MS - 2_000


def test_no_call_is_begun_that_could_outlast_the_gateway(caller: Caller) -> None:
    vision = slow(caller, 10_000, *[NoAnswer("slow")] * 9)
    caller.world.placement = FiveSecondsAhead(clock=caller.world.now)
    began = caller.world.now.at
    assert caller.ask("labels", png()).status == 504
    assert max(vision.began) - began + 10_000 < BUDGET_MS


def test_a_full_quota_is_429_with_the_time_of_the_next_slot(caller: Caller) -> None:
    caller.world.placement.full = Throttled("every region is full", retry_in=41.2)
    reply = caller.ask("labels", png())
    assert (reply.status, reply.headers["Retry-After"]) == (429, "42")
    assert caller.world.vision.calls == []


def test_a_slot_that_is_near_enough_is_waited_for(caller: Caller) -> None:
    class Filling(FakePlacement):
        def place(self, planned: Planned) -> Slot:
            if caller.world.now.at < began + 3_000:
                raise Throttled("full", retry_in=1.5)
            return super().place(planned)

    began = caller.world.now.at
    caller.world.placement = Filling()
    reply = caller.ask("labels", png())
    assert (reply.status, reply.json["Rekbridge"]["waited_ms"]) == (200, 3_000)


def test_a_picture_that_takes_too_long_to_prepare_is_not_asked_about(caller: Caller) -> None:
    @dataclass
    class Thorough(FakePreparation):
        def prepare(self, path: Path, picture: Picture, limits: Limits) -> Prepared:
            caller.world.now.at += 15_000
            return super().prepare(path, picture, limits)

    caller.world.preparation = Thorough()
    reply = caller.ask("labels", png())
    assert (reply.status, "upload it" in reply.json["message"]) == (504, True)
    assert (caller.world.vision.calls, caller.world.ledger) == ([], {})
