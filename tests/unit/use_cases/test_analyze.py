from dataclasses import replace

import pytest
from rekbridge_lambda.domain.errors import ClaimHeld, OutOfAttempts, RefusedByService, StagedCopyMissing, Throttled
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.domain.messages import Work

from tests.builders import MINUTE, REMOTE, make_attempt, make_operation
from tests.pipeline_harness import ANALYZE_TIMEOUT, PipelineHarness

LABELS = {"Labels": [{"Name": "Cat", "Confidence": 99.0}]}


@pytest.fixture
def harness() -> PipelineHarness:
    harness = PipelineHarness()
    harness.rekognition.responses["labels"] = LABELS
    return harness


@pytest.fixture
def work(harness: PipelineHarness) -> Work:
    return harness.ingest_and_get_work(harness.store_original())


def test_stores_the_response_and_sends_its_key(harness: PipelineHarness, work: Work) -> None:
    key = harness.analyze(work)
    assert harness.results[key].response == LABELS
    assert [finished.result_key for finished in harness.result_queue] == [key]


def test_the_result_has_transfer_region_and_size(harness: PipelineHarness, work: Work) -> None:
    result = harness.results[harness.analyze(work)]
    assert (result.transfer, result.region, result.sent_bytes) == (
        "bytes",
        REMOTE,
        len(harness.prepared_images.get(harness.get_prepared_key(work))),
    )


def test_a_staged_operation_sends_the_name_of_the_copy_and_no_bytes(harness: PipelineHarness) -> None:
    work = harness.ingest_and_get_work(harness.store_original(), "text")
    assert harness.results[harness.analyze(work)].transfer == "staged"


def test_work_delivered_twice_is_paid_once_and_reported_twice(harness: PipelineHarness, work: Work) -> None:
    first, second = harness.analyze(work), harness.analyze(work)
    assert first == second
    assert (harness.rekognition.calls, len(harness.result_queue)) == (["labels"], 2)


def test_two_runs_of_an_image_pay_once(harness: PipelineHarness, work: Work) -> None:
    harness.operations["moderation"] = make_operation("moderation")
    other_work = harness.ingest_and_get_work(harness.store_original(key="anna/again.png"))
    assert other_work.run_id != work.run_id
    for each_work in (work, other_work):
        harness.analyze(each_work)
    assert harness.rekognition.calls == ["labels"]


def test_naming_a_default_value_is_not_paid_again(harness: PipelineHarness, work: Work) -> None:
    harness.analyze(work)
    harness.operations["labels"] = make_operation("labels", MaxLabels=50)
    harness.analyze(work)
    assert harness.rekognition.calls == ["labels"]


def test_a_refusal_by_rekognition_is_a_result_with_its_reason(harness: PipelineHarness, work: Work) -> None:
    harness.rekognition.errors = [RefusedByService("Request has invalid image format")]
    result = harness.results[harness.analyze(work)]
    assert (result.status, result.reason) == ("failed", "Request has invalid image format")


def test_a_throttled_call_does_not_count_as_an_attempt(harness: PipelineHarness, work: Work) -> None:
    harness.rekognition.errors = [Throttled("slow down") for _ in range(9)]
    for _ in range(9):
        with pytest.raises(Throttled):
            harness.analyze(work)
    key = harness.analyze(work)
    assert (harness.claims[key].unpaid, len(harness.claims[key].attempts)) == (9, 1)


def test_no_claim_is_made_without_a_reservation(harness: PipelineHarness, work: Work) -> None:
    harness.region_selector.error = Throttled("full", retry_in=7)
    with pytest.raises(Throttled):
        harness.analyze(work)
    assert not harness.claims


def test_waits_while_another_worker_holds_the_lease(harness: PipelineHarness, work: Work) -> None:
    key = harness.analyze(work)
    harness.results.clear()
    harness.claims.claim(ResultKey(key), make_attempt(harness.now()), lease_until=harness.now() + MINUTE)
    with pytest.raises(ClaimHeld):
        harness.analyze(work)
    assert harness.rekognition.calls == ["labels"]


def test_a_missing_staged_copy_is_staged_again(harness: PipelineHarness) -> None:
    work = harness.ingest_and_get_work(harness.store_original(), "text")
    copies = set(harness.staging.bodies)
    harness.staging.delete(copies)
    assert harness.analyze(work).startswith("staged the missing copy again")
    assert set(harness.staging.bodies) == copies


def test_a_missing_staged_copy_is_neither_reported_nor_paid(harness: PipelineHarness) -> None:
    work = harness.ingest_and_get_work(harness.store_original(), "text")
    harness.staging.delete(set(harness.staging.bodies))
    harness.analyze(work)
    assert (list(harness.result_queue), harness.rekognition.calls) == ([], [])


def test_work_is_done_after_its_copy_is_staged_again(harness: PipelineHarness) -> None:
    work = harness.ingest_and_get_work(harness.store_original(), "text")
    harness.staging.delete(set(harness.staging.bodies))
    harness.analyze(work)
    assert harness.results[harness.analyze(work)].status == "done"


def test_a_bucket_that_rekognition_cannot_read_ends_after_five_attempts(harness: PipelineHarness) -> None:
    work = harness.ingest_and_get_work(harness.store_original(), "text")
    harness.rekognition.errors = [StagedCopyMissing("no access") for _ in range(99)]
    for _ in range(5):
        harness.analyze(work)
    with pytest.raises(OutOfAttempts):
        harness.analyze(work)


def test_out_of_attempts_is_reported_with_the_reason(harness: PipelineHarness, work: Work) -> None:
    stop_in_call(harness, work, times=5)
    with pytest.raises(OutOfAttempts):
        harness.analyze(work)
    [finished] = harness.result_queue
    assert finished.code == "out-of-attempts"
    assert "stopped before an answer" in str(finished.reason)


def stop_in_call(harness: PipelineHarness, work: Work, times: int) -> None:
    """Claims whose worker was killed during the call; each lease expires."""
    key = harness.analyze(work)
    harness.results.clear()
    harness.result_queue.clear()
    harness.claims.clear()
    for _ in range(times):
        harness.claims.claim(ResultKey(key), make_attempt(harness.now()), lease_until=harness.now() + ANALYZE_TIMEOUT)
        harness.now.at += 2 * ANALYZE_TIMEOUT


def test_an_operation_that_is_not_deployed_is_reported_as_failed(harness: PipelineHarness, work: Work) -> None:
    del harness.operations["labels"]
    assert harness.analyze(work) == "labels failed (unknown-operation)"
    assert harness.result_queue[0].code == "unknown-operation"


def test_an_expired_prepared_image_is_reported_as_failed_and_not_paid(harness: PipelineHarness, work: Work) -> None:
    harness.prepared_images.clear()
    assert harness.analyze(work) == "labels failed (gone)"
    assert (harness.result_queue[0].code, harness.rekognition.calls) == ("gone", [])


def test_a_prepared_image_of_the_maximum_size_is_sent(harness: PipelineHarness, work: Work) -> None:
    largest = b"x" * harness.operations["labels"].limits.bytes
    key = harness.get_prepared_key(work)
    harness.prepared_images[key] = replace(harness.prepared_images[key], body=largest)
    assert harness.results[harness.analyze(work)].sent_bytes == len(largest)


def test_an_image_prepared_for_the_staged_transfer_is_not_sent_as_bytes(harness: PipelineHarness) -> None:
    work = harness.ingest_and_get_work(harness.store_original(), "text")
    key = harness.get_prepared_key(work)
    harness.prepared_images[key] = replace(harness.prepared_images[key], body=b"x" * 6_000_000)
    harness.operations["text"] = make_operation("text", "bytes")
    assert harness.analyze(work) == "text failed (image-too-large)"
    assert not harness.results
