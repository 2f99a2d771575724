"""One paid call: what is called, what is stored, and what is reported to the region selector."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from rekbridge_lambda.domain.claims import MAX_ATTEMPTS
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
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.domain.operations import DeployedOperation
from rekbridge_lambda.domain.rate_limits import Reservation
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.use_cases.paid_call import CallTiming, ImageArgument

from tests.builders import MINUTE, NOW, REMOTE, make_attempt, make_result
from tests.fakes import FakeRegionSelector, FakeResultStore
from tests.pipeline_harness import ANALYZE_TIMEOUT, PipelineHarness

KEY = ResultKey("image/p1/labels/0123456789abcdef-e1.json")
# The error of the call; what is reported to the region selector; the outcomes of the attempts in the claim.
OUTCOMES = [
    pytest.param(None, "success", ["done"], id="success"),
    pytest.param(RefusedByService("no image"), "success", ["failed"], id="refused by service"),
    pytest.param(StagedCopyMissing("no object"), "success", ["failed"], id="no staged copy"),
    pytest.param(Throttled("slow down"), "throttle", [], id="throttled"),
    pytest.param(RegionRefused("no access", retry_in=900), "refusal", [], id="region refused"),
    pytest.param(NotReady("the model is stopped"), "success", [], id="model not running"),
    pytest.param(NoAnswer("ten seconds"), "failure", [], id="no answer"),
    pytest.param(Unavailable("connection refused"), "failure", [], id="region down"),
]


def load_image() -> ImageArgument:
    return {"Bytes": b"cat"}, 3


def call(harness: PipelineHarness, load: Callable[[], ImageArgument] = load_image) -> CallTiming | None:
    return harness.build_paid_calls().ensure_result(
        KEY, harness.operations["labels"], load, harness.now() + ANALYZE_TIMEOUT
    )


@pytest.fixture
def harness() -> PipelineHarness:
    return PipelineHarness()


@dataclass
class RecordingSelector(FakeRegionSelector):
    """Records at each report what is stored by then: the lease, the outcomes, and whether there is a result."""

    harness: PipelineHarness = field(default_factory=PipelineHarness)
    states: list[Any] = field(default_factory=list)

    def record_state(self, reservation: Reservation) -> None:
        row = self.harness.claims[KEY]
        self.states.append((row.lease_until, [outcome for _, outcome, _ in row.attempts], KEY in self.harness.results))

    report_success = report_throttle = report_failure = report_refusal = record_state


@pytest.mark.parametrize(("error", "report", "outcomes"), OUTCOMES)
def test_each_outcome_is_reported_to_the_region_selector_once(
    harness: PipelineHarness, error: Exception | None, report: str, outcomes: list[str]
) -> None:
    harness.rekognition.errors = [error] if error else []
    with suppress(Unavailable):
        call(harness)
    assert harness.region_selector.reports == [(report, REMOTE)]


@pytest.mark.parametrize(("error", "report", "outcomes"), OUTCOMES)
def test_the_outcome_is_stored_before_it_is_reported(
    harness: PipelineHarness, error: Exception | None, report: str, outcomes: list[str]
) -> None:
    harness.rekognition.errors = [error] if error else []
    harness.region_selector = selector = RecordingSelector(harness=harness)
    with suppress(Unavailable):
        call(harness)
    stored = error is None or isinstance(error, RefusedByService)
    assert selector.states == [(None, outcomes, stored)]


def test_a_failed_report_causes_no_second_call(harness: PipelineHarness) -> None:
    class FailingSelector(FakeRegionSelector):
        def report_success(self, reservation: Reservation) -> None:
            raise Unavailable("the rate limit table is busy")

    harness.region_selector = FailingSelector()
    with pytest.raises(Unavailable):
        call(harness)
    assert call(harness) is None
    assert harness.rekognition.calls == ["labels"]


@dataclass
class BusyResultStore(FakeResultStore):
    """Refuses to store results until a time."""

    harness: PipelineHarness
    until: int

    def put_if_absent(self, key: ResultKey, result: Result) -> None:
        if self.harness.now() < self.until:
            raise Unavailable("slow down")
        super().put_if_absent(key, result)


def test_storing_a_paid_response_is_retried_while_the_bucket_is_busy(harness: PipelineHarness) -> None:
    harness.results = BusyResultStore(harness, until=NOW + ANALYZE_TIMEOUT // 2)
    assert call(harness)
    assert (harness.rekognition.calls, list(harness.results)) == (["labels"], [KEY])


def test_the_retry_of_storing_stops_before_the_deadline(harness: PipelineHarness) -> None:
    harness.results = BusyResultStore(harness, until=NOW + MINUTE)
    with pytest.raises(Unavailable):
        call(harness)
    assert ANALYZE_TIMEOUT - 3_000 <= harness.now() - NOW <= ANALYZE_TIMEOUT - 2_500


def test_a_stored_result_needs_no_reservation(harness: PipelineHarness) -> None:
    harness.results[KEY] = make_result("Cat")
    harness.region_selector.error = Throttled("full")
    assert call(harness) is None


def load_while_another_worker_stores(harness: PipelineHarness, failed_attempts: int) -> Callable[[], ImageArgument]:
    """Loading takes so long that another worker stores the result meanwhile, after some failed attempts."""

    def load() -> ImageArgument:
        for _ in range(failed_attempts):
            harness.claims.complete(harness.claims.claim(KEY, make_attempt(NOW), NOW + MINUTE), "failed", "no answer")
        assert call(harness)
        return load_image()

    return load


@pytest.mark.parametrize("failed_attempts", [0, 2, MAX_ATTEMPTS - 1])
def test_a_result_stored_while_waiting_for_a_reservation_is_not_paid_again(
    harness: PipelineHarness, failed_attempts: int
) -> None:
    assert call(harness, load_while_another_worker_stores(harness, failed_attempts)) is None
    row = harness.claims[KEY]
    assert harness.rekognition.calls == ["labels"]
    assert [outcome for _, outcome, _ in row.attempts] == ["failed"] * failed_attempts + ["done"]
    assert (row.lease_until, row.unpaid) == (None, 0)


def test_an_expired_result_is_paid_again(harness: PipelineHarness) -> None:
    call(harness)
    harness.results.clear()
    assert call(harness)
    assert harness.rekognition.calls == ["labels", "labels"]


def test_the_image_is_loaded_while_the_call_waits_for_its_reserved_time(harness: PipelineHarness) -> None:
    class DelayedSelector(FakeRegionSelector):
        def reserve(self, operation: DeployedOperation) -> Reservation:
            return replace(super().reserve(operation), at=(NOW + 1500) * 1000)

    read_at: list[int] = []

    def load() -> ImageArgument:
        read_at.append(harness.now())
        return load_image()

    harness.region_selector = DelayedSelector()
    timing = call(harness, load)
    [(attempt, _, _)] = harness.claims[KEY].attempts
    assert (read_at, attempt.at, harness.results[KEY].called_at) == ([NOW], NOW + 1500, NOW + 1500)
    assert timing == CallTiming(REMOTE, waited_ms=1500, called_ms=0)


def test_an_expired_image_is_neither_claimed_nor_reported(harness: PipelineHarness) -> None:
    def load_expired() -> ImageArgument:
        raise Gone("expired")

    with pytest.raises(Gone):
        call(harness, load_expired)
    assert (dict(harness.claims), harness.region_selector.reports) == ({}, [])


def test_a_held_claim_is_not_reported(harness: PipelineHarness) -> None:
    harness.claims.claim(KEY, make_attempt(harness.now()), lease_until=harness.now() + MINUTE)
    with pytest.raises(ClaimHeld):
        call(harness)
    assert (harness.region_selector.reports, harness.rekognition.calls) == ([], [])
