"""A paid call is retried while its caller can wait."""

from dataclasses import dataclass, field

import pytest
from rekbridge_lambda.domain.errors import ClaimHeld, NoAnswer, Throttled, Unavailable
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.use_cases.paid_call import CallTiming
from rekbridge_lambda.use_cases.retry import DeadlineRetry

from tests.api_caller import BUDGET_MS
from tests.builders import MINUTE, make_attempt, make_result
from tests.fakes import FakeResultStore, FakeSleep
from tests.pipeline_harness import PipelineHarness

KEY = ResultKey("image/p1/labels/0123456789abcdef-e1.json")
# An attempt takes up to 16 s, and 2.5 s are left to send the response.
LAST_ATTEMPT_MS = BUDGET_MS - 16_000 - 2_500


@dataclass
class RecordingSleep(FakeSleep):
    """Records the length of each sleep."""

    pauses: list[int] = field(default_factory=list)

    def __call__(self, milliseconds: int) -> None:
        self.pauses.append(milliseconds)
        super().__call__(milliseconds)


@pytest.fixture
def harness() -> PipelineHarness:
    return PipelineHarness()


@pytest.fixture
def sleep(harness: PipelineHarness) -> RecordingSleep:
    return RecordingSleep(harness.now)


def call(harness: PipelineHarness, sleep: FakeSleep, budget_ms: int = BUDGET_MS) -> CallTiming | None:
    deadline_retry = DeadlineRetry(harness.results, harness.build_paid_calls(), sleep, harness.now)
    return deadline_retry.call_until_deadline(
        KEY, harness.operations["labels"], ({"Bytes": b"cat"}, 3), harness.now() + budget_ms
    )


def test_each_pause_is_longer_than_the_last_up_to_two_seconds(harness: PipelineHarness, sleep: RecordingSleep) -> None:
    harness.rekognition.errors = [Unavailable("down")] * 99
    with pytest.raises(Unavailable):
        call(harness, sleep)
    assert sleep.pauses == [250, 500, 1_000, 2_000, 2_000, 2_000, 2_000]


def test_a_full_quota_is_waited_for_as_long_as_the_error_says_and_longer_each_time(
    harness: PipelineHarness, sleep: RecordingSleep
) -> None:
    harness.rekognition.errors = [Throttled("full", retry_in=1.5), Throttled("full", retry_in=0.4)]
    assert call(harness, sleep)
    assert sleep.pauses == [1_500, 500]


@pytest.mark.parametrize(("wait_ms", "succeeds"), [(LAST_ATTEMPT_MS, True), (LAST_ATTEMPT_MS + 1, False)])
def test_an_attempt_is_made_only_if_it_can_end_in_time(
    harness: PipelineHarness, sleep: RecordingSleep, wait_ms: int, succeeds: bool
) -> None:
    harness.rekognition.errors = [Throttled("full", retry_in=wait_ms / 1000)]
    try:
        assert bool(call(harness, sleep)) is succeeds
    except Throttled:
        assert not succeeds


def test_one_attempt_is_made_if_it_can_just_end_in_time(harness: PipelineHarness, sleep: RecordingSleep) -> None:
    assert call(harness, sleep, budget_ms=16_000 + 2_500)


def test_no_attempt_is_made_if_it_cannot_end_in_time(harness: PipelineHarness, sleep: RecordingSleep) -> None:
    with pytest.raises(NoAnswer, match="upload it"):
        call(harness, sleep, budget_ms=16_000 + 2_499)
    assert harness.rekognition.calls == []


@dataclass
class DelayedResultStore(FakeResultStore):
    """Another worker stores the result at a given time."""

    harness: PipelineHarness
    at: int

    def has_result(self, key: ResultKey) -> bool:
        if self.harness.now() >= self.at:
            self.put_if_absent(key, make_result("Cat"))
        return super().has_result(key)


def let_another_worker_claim(harness: PipelineHarness, stored_after: int) -> None:
    """Another worker holds the lease and stores the result later."""
    harness.claims.claim(KEY, make_attempt(harness.now()), lease_until=harness.now() + MINUTE)
    harness.results = DelayedResultStore(harness, harness.now() + stored_after)


@pytest.mark.parametrize("stored_after", [1_000, LAST_ATTEMPT_MS + 1_000, BUDGET_MS - 2_500 - 250])
def test_the_result_of_another_worker_is_waited_for(
    harness: PipelineHarness, sleep: RecordingSleep, stored_after: int
) -> None:
    let_another_worker_claim(harness, stored_after)
    assert call(harness, sleep) is None
    assert harness.rekognition.calls == []


def test_a_result_that_comes_too_late_is_not_waited_for(harness: PipelineHarness, sleep: RecordingSleep) -> None:
    let_another_worker_claim(harness, stored_after=BUDGET_MS - 2_500)
    started_at = harness.now()
    with pytest.raises(ClaimHeld):
        call(harness, sleep)
    assert harness.now() - started_at < BUDGET_MS - 2_500
