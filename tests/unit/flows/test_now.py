"""Analyse now: paid once, within its time, whatever the regions do."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from handlers.domain import identity
from handlers.domain.errors import NoAnswer, NotReady, RefusedByService, RegionRefused, Throttled, Unavailable
from handlers.domain.images import Limits, Picture, Prepared
from handlers.domain.operations import Planned
from handlers.domain.pace import Slot
from tests.builders import MINUTE, PLAN, answer, png
from tests.caller import BUDGET_MS, Caller, Reply
from tests.fakes import FakePlacement, FakePreparation, FakeVision

LABELS = {"Labels": [{"Name": "Cat", "Confidence": 99.0}]}
STORED = {"Image": {"S3Object": {"Name": "anna/cat.png"}}}


@pytest.fixture
def caller() -> Caller:
    caller = Caller()
    caller.world.vision.answers["labels"] = LABELS
    return caller


def in_json(body: bytes) -> dict[str, Any]:
    return {"Bytes": base64.b64encode(body).decode()}


def test_gives_rekognitions_own_answer_and_how_it_came(caller: Caller) -> None:
    reply = caller.ask("labels", png())
    size = len(b"100x100 " + png())
    assert (reply.status, reply.json) == (
        200,
        LABELS
        | {
            "Rekbridge": {
                "region": "eu-west-1",
                "cached": False,
                "request_id": "request-1",
                "waited_ms": 0,
                "called_ms": 0,
                "prepared": [{"bytes": size, "width": 100, "height": 100}],
            }
        },
    )


def test_what_leaves_home_is_the_prepared_image(caller: Caller) -> None:
    seen: list[Mapping[str, Any]] = []

    class Spy(FakeVision):
        def analyze(self, planned: Planned, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
            seen.append(planned.operation.request(image, planned.parameters))
            return super().analyze(planned, region, image)

    caller.world.vision = Spy(caller.world.staging)
    caller.ask("celebrities", png())
    assert seen == [{"Image": {"Bytes": b"100x100 " + png()}}]


def test_the_same_again_is_paid_once_and_says_so(caller: Caller) -> None:
    first, second = caller.ask("labels", png()), caller.ask("labels", png())
    assert [reply.json["Rekbridge"]["cached"] for reply in (first, second)] == [False, True]
    assert second.json["Labels"] == first.json["Labels"]
    assert (caller.world.vision.calls, caller.world.preparation.made) == (["labels"], 1)


def test_a_file_and_its_base64_are_one_question(caller: Caller) -> None:
    caller.ask("labels", png())
    assert caller.ask("labels", {"Image": in_json(png())}).json["Rekbridge"]["cached"]


def test_saying_what_is_the_default_anyway_is_no_other_question(caller: Caller) -> None:
    caller.ask("labels", png())
    again = {"Image": in_json(png()), "MaxLabels": 50, "MinConfidence": 70.0}
    assert caller.ask("labels", again).json["Rekbridge"]["cached"]


def test_other_parameters_are_another_question(caller: Caller) -> None:
    caller.ask("labels", png())
    assert not caller.ask("labels", {"Image": in_json(png()), "MaxLabels": 5}).json["Rekbridge"]["cached"]


def test_another_session_of_a_role_has_the_same_images(caller: Caller) -> None:
    caller.ask("labels", png())
    caller.arn = "arn:aws:sts::000000000000:assumed-role/App/session-2"
    assert caller.ask("labels", png()).json["Rekbridge"]["cached"]


def test_another_role_has_images_of_its_own(caller: Caller) -> None:
    caller.ask("labels", png())
    caller.arn = "arn:aws:sts::000000000000:assumed-role/Other/session-1"
    assert not caller.ask("labels", png()).json["Rekbridge"]["cached"]


def test_an_owners_upload_is_not_the_callers_image(caller: Caller) -> None:
    caller.world.holding()
    caller.ask("labels", STORED)
    assert not caller.ask("labels", png()).json["Rekbridge"]["cached"]


def test_no_key_has_a_callers_images(caller: Caller) -> None:
    # A user's ARN without a path, as the first part of a key.
    caller.arn = "arn:aws:iam::000000000000:root"
    caller.ask("labels", png())
    caller.world.holding(key=f"{caller.arn}/cat.png")
    stored = {"Image": {"S3Object": {"Name": f"{caller.arn}/cat.png"}}}
    assert not caller.ask("labels", stored).json["Rekbridge"]["cached"]


def test_what_the_workers_found_is_not_asked_again(caller: Caller) -> None:
    world = caller.world
    world.plan = {"labels": PLAN["labels"]}
    world.analyze(world.work_of(world.holding()))
    assert caller.ask("labels", STORED).json["Rekbridge"]["cached"]
    assert world.vision.calls == ["labels"]


def test_a_named_version_is_the_one_that_is_analysed(caller: Caller) -> None:
    caller.world.holding("cat", version="v1")
    caller.world.holding("dog", version="v2")
    named = {"Image": {"S3Object": {"Name": "anna/cat.png", "Version": "v1"}}}
    caller.ask("labels", named)
    assert set(caller.world.results) == {key_of("cat")}
    caller.ask("labels", STORED)
    assert set(caller.world.results) == {key_of("cat"), key_of("dog")}


def key_of(content: str) -> str:
    image = identity.image_id("anna", sha256(png(content)).hexdigest())
    return identity.result_key(image, "labels", PLAN["labels"].parameters)


def test_two_faces_are_compared_in_the_order_they_are_named(caller: Caller) -> None:
    seen: list[dict[str, Any]] = []

    class Spy(FakeVision):
        def analyze(self, planned: Planned, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
            seen.append(planned.operation.request(image, planned.parameters))
            return super().analyze(planned, region, image)

    caller.world.vision = Spy(caller.world.staging)
    one, other = in_json(png("one")), in_json(png("other"))
    first = caller.ask("compare-faces", {"SourceImage": one, "TargetImage": other, "SimilarityThreshold": 90})
    assert seen == [
        {
            "SourceImage": {"Bytes": b"100x100 " + png("one")},
            "TargetImage": {"Bytes": b"100x100 " + png("other")},
            "SimilarityThreshold": 90,
        }
    ]
    assert len(first.json["Rekbridge"]["prepared"]) == 2
    turned = caller.ask("compare-faces", {"SourceImage": other, "TargetImage": one, "SimilarityThreshold": 90})
    again = caller.ask("compare-faces", {"SourceImage": one, "TargetImage": other, "SimilarityThreshold": 90})
    assert [reply.json["Rekbridge"]["cached"] for reply in (turned, again)] == [False, True]


def test_the_ledger_tells_of_both_images_bytes(caller: Caller) -> None:
    caller.ask("compare-faces", {"SourceImage": in_json(png("one")), "TargetImage": in_json(png("other"))})
    [lease] = caller.world.ledger.values()
    assert lease.attempts[0][0].sent_bytes == 2 * len(b"100x100 " + png())


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
    reply = caller.ask("labels", png())
    assert (reply.status, reply.json["Rekbridge"]["cached"]) == (200, False)
    assert reply.json["Rekbridge"]["called_ms"] == 200
    assert reply.json["Rekbridge"]["waited_ms"] >= 200


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Throttled("slow down", retry_in=2.1), 429, "throttled"),
        (Unavailable("the region is down"), 503, "unavailable"),
        (NoAnswer("the region is slow"), 504, "timeout"),
    ],
)
def test_what_stays_wrong_is_told_in_time_to_be_heard(caller: Caller, error: Exception, status: int, code: str) -> None:
    vision = slow(caller, 10_000 if status == 504 else 100, *[error] * 200)
    caller.world.placement = FiveSecondsAhead(clock=caller.world.now)
    began = caller.world.now.at
    reply = caller.ask("labels", png())
    assert (reply.status, reply.json["code"]) == (status, code)
    assert reply.headers["Retry-After"] == ("3" if status == 429 else "1")
    assert caller.world.now.at - began <= BUDGET_MS - 2_000
    assert len(vision.began) >= 1


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


def test_the_same_request_twice_at_once_is_paid_once(caller: Caller) -> None:
    replies: list[Reply | None] = []

    class Interrupted(FakeVision):
        def analyze(self, planned: Planned, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
            # While this call is under way, the same request comes; its clock is the one that goes on.
            if not replies:
                replies.append(None)
                replies.append(caller.ask("labels", png()))
            return super().analyze(planned, region, image)

    caller.world.vision = Interrupted(caller.world.staging, answers={"labels": LABELS})
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
    assert (reply.status, reply.json["Rekbridge"]["cached"]) == (200, True)
    assert other.world.vision.calls == []


def test_a_refusal_of_rekognitions_is_kept_and_told_again(caller: Caller) -> None:
    caller.world.vision.errors = [RefusedByService("Request has invalid image format")]
    for _ in range(2):
        reply = caller.ask("labels", png())
        assert (reply.status, reply.json["code"]) == (400, "refused-by-service")
        assert "invalid image format" in reply.json["message"]
    assert caller.world.vision.calls == []


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


def test_a_model_that_does_not_run_is_told_at_once(caller: Caller) -> None:
    caller.world.vision.errors = [NotReady("the model is stopped", retry_in=60)] * 9
    reply = caller.ask("labels", png())
    assert (reply.status, reply.headers["Retry-After"]) == (503, "60")
    assert len(caller.world.vision.errors) == 8


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
