"""Synchronous analysis: the same request by two callers at once, and requests whose worker is killed."""

from collections.abc import Mapping
from typing import Any

import pytest
from rekbridge_lambda.domain.operations import DeployedOperation
from rekbridge_lambda.domain.rate_limits import Reservation

from tests.api_caller import ApiCaller, ApiReply
from tests.builders import MINUTE, make_png, make_result
from tests.fakes import FakeRegionSelector, FakeRekognitionApi


class KilledRekognition(FakeRekognitionApi):
    """The worker is killed during the call."""

    def analyze(self, operation: DeployedOperation, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
        raise KeyboardInterrupt


def test_the_same_request_twice_at_once_is_paid_once(caller: ApiCaller) -> None:
    replies: list[ApiReply | None] = []

    class InterruptedRekognition(FakeRekognitionApi):
        def analyze(self, operation: DeployedOperation, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
            # The same request arrives during this call; only the second request moves the clock on.
            if not replies:
                replies.append(None)
                replies.append(caller.analyze("labels", make_png()))
            return super().analyze(operation, region, image)

    caller.harness.rekognition = InterruptedRekognition(
        caller.harness.staging, responses={"labels": make_result("Cat").response}
    )
    first = caller.analyze("labels", make_png())
    assert (first.status, caller.harness.rekognition.calls) == (200, ["labels"])
    # The second request waited for the result until its deadline: the first one was interrupted all the time.
    assert replies[1] is not None
    assert (replies[1].status, replies[1].json["code"]) == (503, "unavailable")


def test_the_second_request_gets_the_result_of_the_first(caller: ApiCaller) -> None:
    harness = caller.harness
    second_caller = ApiCaller(harness=type(harness)(now=harness.now, results=harness.results, claims=harness.claims))

    class StoringSelector(FakeRegionSelector):
        """The result of the first request is stored while the second one waits."""

        def reserve(self, operation: DeployedOperation) -> Reservation:
            if harness.now.at > started_at + 1_000 and not harness.results:
                [key] = harness.claims
                [(attempt, _, _)] = harness.claims[key].attempts
                harness.results[key] = make_result("Cat", operation=attempt.operation)
            return super().reserve(operation)

    started_at = harness.now.at
    harness.rekognition = KilledRekognition(harness.staging)
    with pytest.raises(KeyboardInterrupt):
        caller.analyze("labels", make_png())
    second_caller.harness.region_selector = StoringSelector()
    reply = second_caller.analyze("labels", make_png())
    details = reply.json["Rekbridge"]
    assert (details["cached"], details["waited_ms"]) == (True, harness.now.at - started_at)
    assert second_caller.harness.rekognition.calls == []


def test_after_five_calls_without_an_answer_no_call_is_made(caller: ApiCaller) -> None:
    caller.harness.rekognition = KilledRekognition(caller.harness.staging)
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            caller.analyze("labels", make_png())
        caller.harness.now.at += MINUTE
    reply = caller.analyze("labels", make_png())
    assert (reply.status, reply.json["code"]) == (502, "out-of-attempts")
