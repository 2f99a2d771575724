import pytest
from rekbridge_lambda.domain.errors import UnreadableMessage
from rekbridge_lambda.domain.messages import AnalysisFinished
from rekbridge_lambda.domain.runs import Run

from tests.builders import (
    IMAGE,
    NOW,
    make_failed_result,
    make_finished,
    make_result,
    make_run,
    make_source,
    make_upload,
)
from tests.crash_points import WrapPort, crash_points
from tests.pipeline_harness import PipelineHarness


def admit_run(*pending: str) -> tuple[PipelineHarness, Run]:
    """A run with these pending operations, and its staged copies."""
    harness, run = PipelineHarness(), make_run(*pending)
    harness.library.admit_upload(make_source(run, make_upload()), IMAGE, run)
    for copy in run.staged_copies:
        harness.staging.put(copy, b"a copy")
    return harness, run


def store_result(harness: PipelineHarness, run: Run, operation: str = "labels", *names: str) -> AnalysisFinished:
    finished = make_finished(run, operation)
    assert finished.result_key
    harness.results.put_if_absent(finished.result_key, make_result(*names, operation=operation))
    return finished


def test_indexes_and_counts_each_label_once() -> None:
    harness, run = admit_run("labels")
    finished = store_result(harness, run, "labels", "Cat", "Pet")
    for _ in range(2):
        harness.route(finished)
    assert harness.library.count_labels("anna") == {"Cat": 1, "Pet": 1}


def test_the_staged_copy_stays_while_an_operation_is_pending() -> None:
    harness, run = admit_run("labels", "text")
    harness.route(store_result(harness, run, "labels"))
    assert set(harness.staging.bodies) == run.staged_copies


def test_the_last_operation_deletes_the_staged_copy_and_closes_the_run() -> None:
    harness, run = admit_run("labels", "text")
    for operation in ("text", "labels"):
        harness.route(store_result(harness, run, operation))
    assert not harness.staging.bodies
    assert harness.library.closed_runs == {run.id}


def test_a_failed_operation_has_ended() -> None:
    harness, run = admit_run("text")
    harness.route(make_finished(run, "text", code="out-of-attempts", reason="5 attempts"))
    assert not harness.staging.bodies
    assert harness.library.results[IMAGE.id, "text"].reason == "5 attempts"


def test_a_failure_never_replaces_a_result() -> None:
    harness, run = admit_run("labels")
    harness.route(store_result(harness, run, "labels", "Cat"))
    harness.route(make_finished(run, code="out-of-attempts", reason="reported late"))
    assert harness.library.results[IMAGE.id, "labels"].status == "done"


def test_an_empty_response_is_a_result() -> None:
    harness, run = admit_run("labels")
    harness.route(store_result(harness, run, "labels"))
    assert harness.library.results[IMAGE.id, "labels"].status == "done"


def test_a_refusal_by_rekognition_is_published_as_failed() -> None:
    harness, run = admit_run("labels")
    finished = make_finished(run)
    assert finished.result_key
    harness.results.put_if_absent(finished.result_key, make_failed_result())
    harness.route(finished)
    assert [result.status for _, result in harness.event_publisher] == ["failed"]


def test_an_operation_that_left_the_catalog_still_ends() -> None:
    harness, run = admit_run("labels", "colours")
    harness.route(make_finished(run, "colours", code="unknown-operation", reason="not in the catalog"))
    assert harness.library.results[IMAGE.id, "colours"].code == "unknown-operation"


def test_a_result_of_an_unknown_run_stores_nothing() -> None:
    harness, _ = admit_run("labels")
    finished = store_result(harness, make_run("labels", "faces"), "labels", "Cat")
    with pytest.raises(UnreadableMessage):
        harness.route(finished)
    assert not harness.library.label_entries
    assert not harness.event_publisher


def test_a_killed_worker_leads_to_the_same_records() -> None:
    def prepare() -> PipelineHarness:
        return admit_run("labels", "text")[0]

    def route_all(harness: PipelineHarness, wrap: WrapPort) -> None:
        [run] = harness.library.runs.values()
        for operation in ("labels", "text"):
            harness.route(store_result(harness, run, operation, "Cat"), wrap)

    undisturbed = prepare()
    route_all(undisturbed, lambda port: port)
    killed = crash_points(prepare, route_all)
    assert len(killed) >= 7
    for harness in killed:
        route_all(harness, lambda port: port)
        assert harness.snapshot() == undisturbed.snapshot()


def test_publishes_an_event_for_every_operation() -> None:
    harness, run = admit_run("labels")
    harness.route(store_result(harness, run))
    [(finished, result)] = harness.event_publisher
    assert (finished.run_id, result.called_at) == (run.id, NOW)


def test_an_answer_counts_as_progress_of_its_operation() -> None:
    harness, run = admit_run("labels", "faces")
    harness.route(store_result(harness, run, "labels", "Cat"))
    assert harness.metrics.list_emitted("StoredAnswers") == {"labels": 1}


def test_work_that_ended_without_an_answer_is_no_progress() -> None:
    """Five attempts without a response end an operation: in an outage this must not look as if images were analysed."""
    harness, run = admit_run("labels")
    harness.route(make_finished(run, code="out-of-attempts", reason="5 attempts"))
    assert harness.metrics.list_emitted("StoredAnswers") == {}
