"""A forged or malformed message reads, pays for and writes nothing of anybody else."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.errors import Unavailable, UnreadableMessage
from rekbridge_lambda.domain.ids import ResultKey, RunId
from rekbridge_lambda.domain.messages import AnalysisFinished, Work

from tests.builders import make_result
from tests.pipeline_harness import PipelineHarness

UNKNOWN_RUN = RunId("f" * 32)


@pytest.fixture
def harness() -> PipelineHarness:
    """Anna's and Ben's images are admitted; Ben's labels have a result."""
    harness = PipelineHarness()
    harness.ingest(harness.store_original("cat", "anna/cat.png"))
    ben = harness.ingest_and_get_work(harness.store_original("dog", "ben/dog.png"))
    harness.rekognition.responses["labels"] = {"Labels": [{"Name": "Dog", "Confidence": 99.0}]}
    harness.analyze(ben)
    harness.route(harness.result_queue.pop())
    harness.work_queue.sent.clear()
    return harness


def find_run_id(harness: PipelineHarness, owner: str) -> RunId:
    return next(run.id for run in harness.library.runs.values() if run.owner == owner)


def snapshot(harness: PipelineHarness) -> Any:
    """Everything that a message could change."""
    library, rekognition = harness.library, harness.rekognition
    stores = (harness.results, harness.claims, harness.result_queue, harness.event_publisher, harness.staging.bodies)
    return deepcopy((vars(library), rekognition.calls, stores))


@pytest.mark.parametrize(
    "forge",
    [
        lambda harness: Work(UNKNOWN_RUN, "labels"),
        lambda harness: Work(find_run_id(harness, "anna"), "moderation"),
        lambda harness: Work(find_run_id(harness, "anna"), ""),
    ],
    ids=["unknown run", "operation that the run lacks", "no operation"],
)
def test_forged_work_is_unreadable_and_changes_nothing(harness: PipelineHarness, forge: Any) -> None:
    before = snapshot(harness)
    with pytest.raises(UnreadableMessage):
        harness.analyze(forge(harness))
    assert snapshot(harness) == before


def test_repeated_work_with_a_result_is_not_called_again(harness: PipelineHarness) -> None:
    before = snapshot(harness)
    assert "already" in harness.analyze(Work(find_run_id(harness, "ben"), "labels"))
    assert snapshot(harness) == before


def test_work_that_ended_without_an_answer_may_be_sent_again_by_a_person(harness: PipelineHarness) -> None:
    anna = find_run_id(harness, "anna")
    harness.route(AnalysisFinished(anna, "labels", code="out-of-attempts", reason="five attempts"))
    harness.analyze(Work(anna, "labels"))
    assert harness.result_queue[-1].result_key in harness.results


def test_staged_work_that_ended_without_an_answer_may_be_sent_again_by_a_person(harness: PipelineHarness) -> None:
    anna = harness.library.runs[find_run_id(harness, "anna")]
    for operation in sorted(anna.pending):
        harness.route(AnalysisFinished(anna.id, operation, code="out-of-attempts", reason="five attempts"))
    assert anna.get_staged_key("text") not in harness.staging.bodies
    harness.analyze(Work(anna.id, "text"))
    harness.bridge(anna.get_staged_key("text"))
    harness.analyze(harness.work_queue.sent[-1])
    assert harness.result_queue[-1].result_key in harness.results


def test_work_takes_owner_image_and_prepared_image_from_the_row(harness: PipelineHarness) -> None:
    anna = harness.library.runs[find_run_id(harness, "anna")]
    result_key = harness.analyze(Work(anna.id, "labels"))
    assert result_key.startswith(f"{anna.image_id}/")
    harness.route(harness.result_queue.pop())
    assert harness.library.count_labels("anna") == {"Dog": 1}


def make_forged_results(harness: PipelineHarness) -> list[AnalysisFinished]:
    """Results of Anna's run with the key of Ben's result, of another operation, or of no form; and unknown runs."""
    anna, ben = (harness.library.runs[find_run_id(harness, owner)] for owner in ("anna", "ben"))
    [bens_key] = harness.results
    other_operation = ids.make_result_key(anna.image_id, "faces", {})
    harness.results.put_if_absent(other_operation, make_result("Nobody"))
    forged = AnalysisFinished(anna.id, "labels", ResultKey(bens_key))
    keys = [other_operation, f"{anna.image_id}/../{bens_key}", f"{anna.image_id}/", "anna/cat.png", ben.image_id, ""]
    return [
        forged,
        *(replace(forged, result_key=ResultKey(key)) for key in keys if key),
        replace(forged, run_id=UNKNOWN_RUN),
        AnalysisFinished(UNKNOWN_RUN, "labels", code="gone", reason="forged"),
        AnalysisFinished(anna.id, "moderation", code="gone", reason="forged"),
    ]


@pytest.mark.parametrize("number", range(9))
def test_a_forged_result_is_unreadable_and_changes_nothing(harness: PipelineHarness, number: int) -> None:
    forged = make_forged_results(harness)
    assert len(forged) == 9
    before = snapshot(harness)
    with pytest.raises(UnreadableMessage) as error:
        harness.route(forged[number])
    assert snapshot(harness) == before
    assert "anna" not in str(error.value)


def test_without_the_secret_an_upload_waits_and_gets_no_id(harness: PipelineHarness) -> None:
    harness.owner_keys.keys.clear()
    harness.owner_keys.error = Unavailable("the secret of the ids cannot be read", 60)
    upload, before = harness.store_original("bird", "carl/bird.png"), snapshot(harness)
    with pytest.raises(Unavailable):
        harness.ingest(upload)
    assert snapshot(harness) == before
