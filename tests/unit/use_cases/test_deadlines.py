"""No call begins too late for its result to be stored, and without a call there is no attempt."""

from contextlib import suppress

import pytest
from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.errors import Unavailable

from tests.builders import NOW, make_attempt
from tests.pipeline_harness import ANALYZE_TIMEOUT, PipelineHarness

# Connecting takes up to 3 seconds, the response up to 10 (adapters/aws.py).
CALL_MS = 13_000


@pytest.mark.parametrize("delay", [0, 5_000, 16_900, 17_001, 25_000])
def test_no_call_begins_that_could_end_after_the_deadline(delay: int) -> None:
    harness = PipelineHarness()
    work = harness.ingest_and_get_work(harness.store_original())
    get, called_at = harness.prepared_images.get, list[int]()

    def get_slowly(key: str) -> bytes:
        harness.now.at += delay
        return get(key)

    def analyze(*arguments: object) -> dict[str, object]:
        called_at.append(harness.now() - NOW)
        return {"Labels": []}

    harness.prepared_images.get, harness.rekognition.analyze = get_slowly, analyze  # type: ignore[method-assign, assignment]
    with suppress(Unavailable):
        harness.analyze(work)
    assert all(at + CALL_MS <= ANALYZE_TIMEOUT for at in called_at)
    assert bool(called_at) == (delay + CALL_MS <= ANALYZE_TIMEOUT)


def test_work_that_is_too_late_for_a_call_leaves_no_attempt() -> None:
    harness = PipelineHarness()
    work = harness.ingest_and_get_work(harness.store_original())
    get = harness.prepared_images.get

    def get_slowly(key: str) -> bytes:
        harness.now.at += ANALYZE_TIMEOUT - 1
        return get(key)

    harness.prepared_images.get = get_slowly  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        harness.analyze(work)
    assert harness.claims == {}


def test_a_claim_is_released_when_the_result_cannot_be_checked() -> None:
    harness = PipelineHarness()
    work = harness.ingest_and_get_work(harness.store_original())
    key = ids.make_result_key(harness.get_run(work).image_id, "labels", harness.operations["labels"].parameters)
    harness.claims.complete(harness.claims.claim(key, make_attempt(NOW), NOW + 1), "failed", "no answer")
    checks = iter([False, None])

    def has_result(key: str) -> bool:
        if (exists := next(checks)) is None:
            raise Unavailable("the bucket is busy")
        return exists

    harness.results.has_result = has_result  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        harness.analyze(work)
    assert ([outcome for _, outcome, _ in harness.claims[key].attempts], harness.claims[key].lease_until) == (
        ["failed"],
        None,
    )
