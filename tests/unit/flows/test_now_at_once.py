"""Analyse now: the same question by two callers at once, and by callers whose calls never end."""

from collections.abc import Mapping
from typing import Any

import pytest
from rekbridge_lambda.domain.operations import Planned
from rekbridge_lambda.rate_limiting.state import Slot

from tests.builders import MINUTE, answer, png
from tests.caller import Caller, Reply
from tests.fakes import FakePlacement, FakeVision


def test_the_same_request_twice_at_once_is_paid_once(caller: Caller) -> None:
    replies: list[Reply | None] = []

    class Interrupted(FakeVision):
        def analyze(self, planned: Planned, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
            # While this call is under way, the same request comes; its clock is the one that goes on.
            if not replies:
                replies.append(None)
                replies.append(caller.ask("labels", png()))
            return super().analyze(planned, region, image)

    caller.world.vision = Interrupted(caller.world.staging, answers={"labels": answer("Cat").answer})
    first = caller.ask("labels", png())
    assert (first.status, caller.world.vision.calls) == (200, ["labels"])
    # The other one waited as long as it could, for nothing: the first was stopped all the time.
    assert replies[1] is not None
    assert (replies[1].status, replies[1].json["code"]) == (503, "unavailable")


def test_whoever_asks_second_gets_the_answer_of_the_first(caller: Caller) -> None:
    world = caller.world
    other = Caller(world=type(world)(now=world.now, results=world.results, ledger=world.ledger))

    class Answering(FakePlacement):
        """The first request's call ends while the second one waits."""

        def place(self, planned: Planned) -> Slot:
            if world.now.at > began + 1_000 and not world.results:
                [key] = world.ledger
                [(attempt, _, _)] = world.ledger[key].attempts
                world.results[key] = answer("Cat", operation=attempt.operation)
            return super().place(planned)

    class Endless(FakeVision):
        def analyze(self, planned: Planned, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
            raise KeyboardInterrupt

    began = world.now.at
    world.vision = Endless(world.staging)
    with pytest.raises(KeyboardInterrupt):
        caller.ask("labels", png())
    other.world.placement = Answering()
    reply = other.ask("labels", png())
    told = reply.json["Rekbridge"]
    assert (told["cached"], told["waited_ms"]) == (True, world.now.at - began)
    assert other.world.vision.calls == []


def test_five_calls_without_an_answer_are_the_last(caller: Caller) -> None:
    class Killed(FakeVision):
        def analyze(self, planned: Planned, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
            raise KeyboardInterrupt

    caller.world.vision = Killed(caller.world.staging)
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            caller.ask("labels", png())
        caller.world.now.at += MINUTE
    reply = caller.ask("labels", png())
    assert (reply.status, reply.json["code"]) == (502, "out-of-attempts")
