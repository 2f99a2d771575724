"""Synchronous analysis: a response, or an error, before the deadline, whatever the regions do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pytest
from rekbridge_lambda.domain.errors import NoAnswer, RegionRefused, Throttled, Unavailable
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, PreparedImage
from rekbridge_lambda.domain.operations import DeployedOperation
from rekbridge_lambda.domain.rate_limits import Reservation

from tests.api_caller import BUDGET_MS, ApiCaller
from tests.builders import make_png
from tests.fakes import FakeImagePreparer, FakeRegionSelector, FakeRekognitionApi


@dataclass
class SlowRekognition(FakeRekognitionApi):
    """Takes some time for each response and each error."""

    duration_ms: int = 0
    clock: Any = None
    started_at: list[int] = field(default_factory=list)

    def analyze(self, operation: DeployedOperation, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
        self.started_at.append(self.clock.at)
        self.clock.at += self.duration_ms
        return super().analyze(operation, region, image)


@dataclass
class DistantSelector(FakeRegionSelector):
    """Every reservation is as far ahead as the API accepts."""

    clock: Any = None

    def reserve(self, operation: DeployedOperation) -> Reservation:
        reservation = super().reserve(operation)
        return Reservation(
            reservation.operation,
            reservation.region,
            reservation.quota,
            at=(self.clock.at + 5_000) * 1000,
            issued_at=self.clock.at * 1000,
        )


def use_slow_rekognition(caller: ApiCaller, duration_ms: int, *errors: Exception) -> SlowRekognition:
    rekognition = SlowRekognition(
        caller.harness.staging, errors=list(errors), duration_ms=duration_ms, clock=caller.harness.now
    )
    caller.harness.rekognition = rekognition
    return rekognition


@pytest.mark.parametrize("error", [Throttled("slow down"), Unavailable("down"), RegionRefused("no"), NoAnswer("late")])
def test_a_failed_call_is_retried(caller: ApiCaller, error: Exception) -> None:
    use_slow_rekognition(caller, 200, error)
    details = caller.analyze("labels", make_png()).json["Rekbridge"]
    # Waited: the call that failed and a pause of 250 ms. Called: the second call.
    assert (details["cached"], details["waited_ms"], details["called_ms"]) == (False, 450, 200)


PERSISTENT_ERRORS = [
    (Throttled("slow down", retry_in=2.1), 100, (429, "throttled", "3")),
    (Unavailable("the region is down"), 100, (503, "unavailable", "1")),
    (NoAnswer("the region is slow"), 10_000, (504, "timeout", "1")),
]


@pytest.mark.parametrize(("error", "duration_ms", "expected"), PERSISTENT_ERRORS)
def test_a_persistent_error_is_returned_with_retry_after(
    caller: ApiCaller, error: Exception, duration_ms: int, expected: tuple[int, str, str]
) -> None:
    use_slow_rekognition(caller, duration_ms, *[error] * 200)
    reply = caller.analyze("labels", make_png())
    assert (reply.status, reply.json["code"], reply.headers["Retry-After"]) == expected


@pytest.mark.parametrize(("error", "duration_ms"), [row[:2] for row in PERSISTENT_ERRORS])
def test_a_persistent_error_is_returned_before_the_gateway_times_out(
    caller: ApiCaller, error: Exception, duration_ms: int
) -> None:
    rekognition, started_at = use_slow_rekognition(caller, duration_ms, *[error] * 200), caller.harness.now.at
    caller.harness.region_selector = DistantSelector(clock=caller.harness.now)
    caller.analyze("labels", make_png())
    assert rekognition.started_at
    assert caller.harness.now.at - started_at <= BUDGET_MS - 2_000


def test_no_call_begins_that_could_end_after_the_gateway_timeout(caller: ApiCaller) -> None:
    rekognition = use_slow_rekognition(caller, 10_000, *[NoAnswer("slow")] * 9)
    caller.harness.region_selector = DistantSelector(clock=caller.harness.now)
    started_at = caller.harness.now.at
    assert caller.analyze("labels", make_png()).status == 504
    assert max(rekognition.started_at) - started_at + 10_000 < BUDGET_MS


def test_a_full_quota_is_429_with_retry_after(caller: ApiCaller) -> None:
    caller.harness.region_selector.error = Throttled("every region is full", retry_in=41.2)
    reply = caller.analyze("labels", make_png())
    assert (reply.status, reply.headers["Retry-After"]) == (429, "42")
    assert caller.harness.rekognition.calls == []


def test_a_reservation_that_is_near_enough_is_waited_for(caller: ApiCaller) -> None:
    class FullForThreeSeconds(FakeRegionSelector):
        def reserve(self, operation: DeployedOperation) -> Reservation:
            if caller.harness.now.at < started_at + 3_000:
                raise Throttled("full", retry_in=1.5)
            return super().reserve(operation)

    started_at = caller.harness.now.at
    caller.harness.region_selector = FullForThreeSeconds()
    reply = caller.analyze("labels", make_png())
    assert (reply.status, reply.json["Rekbridge"]["waited_ms"]) == (200, 3_000)


def test_an_image_that_takes_too_long_to_prepare_is_not_sent(caller: ApiCaller) -> None:
    @dataclass
    class SlowPreparer(FakeImagePreparer):
        def prepare(self, file: BinaryIO, header: ImageHeader, limits: ImageLimits) -> PreparedImage:
            caller.harness.now.at += 15_000
            return super().prepare(file, header, limits)

    caller.harness.preparer = SlowPreparer()
    reply = caller.analyze("labels", make_png())
    assert (reply.status, "upload it" in reply.json["message"]) == (504, True)
    assert (caller.harness.rekognition.calls, caller.harness.claims) == ([], {})
