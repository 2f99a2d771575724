"""Analyse now: what is asked, and what the caller is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rekbridge_lambda.domain.errors import NotReady, RefusedByService
from rekbridge_lambda.domain.operations import Planned

from tests.builders import answer, in_json, png
from tests.caller import Caller
from tests.fakes import FakeVision

ONE, OTHER = in_json(png("one")), in_json(png("other"))


@dataclass
class Spy(FakeVision):
    """Keeps what it is asked."""

    requests: list[dict[str, Any]] = field(default_factory=list)

    def analyze(self, planned: Planned, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
        self.requests.append(planned.operation.request(image, planned.parameters))
        return super().analyze(planned, region, image)


def spied(caller: Caller, operation: str, body: Any) -> list[dict[str, Any]]:
    """What of a question leaves home."""
    caller.world.vision = spy = Spy(caller.world.staging)
    caller.ask(operation, body)
    return spy.requests


def test_gives_rekognitions_own_answer_and_how_it_came(caller: Caller) -> None:
    reply = caller.ask("labels", png())
    size = len(b"100x100 " + png())
    assert (reply.status, reply.json) == (
        200,
        answer("Cat").answer
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
    assert spied(caller, "celebrities", png()) == [{"Image": {"Bytes": b"100x100 " + png()}}]


def test_two_faces_are_compared_in_the_order_they_are_named(caller: Caller) -> None:
    asked = {"SourceImage": ONE, "TargetImage": OTHER, "SimilarityThreshold": 90}
    assert spied(caller, "compare-faces", asked) == [
        {
            "SourceImage": {"Bytes": b"100x100 " + png("one")},
            "TargetImage": {"Bytes": b"100x100 " + png("other")},
            "SimilarityThreshold": 90,
        }
    ]


def test_of_two_images_both_preparations_are_told(caller: Caller) -> None:
    told = caller.ask("compare-faces", {"SourceImage": ONE, "TargetImage": in_json(png("longer", width=300))})
    assert [one["width"] for one in told.json["Rekbridge"]["prepared"]] == [100, 300]


def test_the_ledger_tells_of_both_images_bytes(caller: Caller) -> None:
    caller.ask("compare-faces", {"SourceImage": ONE, "TargetImage": OTHER})
    [lease] = caller.world.ledger.values()
    assert lease.attempts[0][0].sent_bytes == 2 * len(b"100x100 " + png())


def test_a_refusal_of_rekognitions_is_kept_and_told_again(caller: Caller) -> None:
    caller.world.vision.errors = [RefusedByService("Request has invalid image format")]
    for _ in range(2):
        reply = caller.ask("labels", png())
        assert (reply.status, reply.json["code"]) == (400, "refused-by-service")
        assert "invalid image format" in reply.json["message"]
    assert caller.world.vision.calls == []


def test_a_model_that_does_not_run_is_told_at_once(caller: Caller) -> None:
    caller.world.vision.errors = [NotReady("the model is stopped", retry_in=60)] * 9
    reply = caller.ask("labels", png())
    assert (reply.status, reply.headers["Retry-After"]) == (503, "60")
    assert len(caller.world.vision.errors) == 8
