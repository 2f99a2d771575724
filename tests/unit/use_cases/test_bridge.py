from dataclasses import replace

import pytest
from rekbridge_lambda.domain.errors import UnreadableMessage

from tests.builders import make_operation
from tests.pipeline_harness import PipelineHarness


@pytest.fixture
def harness() -> PipelineHarness:
    harness = PipelineHarness()
    harness.ingest(harness.store_original())
    harness.work_queue.sent.clear()
    return harness


def test_enqueues_the_operation_that_reads_the_copy(harness: PipelineHarness) -> None:
    harness.bridge(harness.staging.arrivals[0])
    assert [work.operation for work in harness.work_queue.sent] == ["text"]


def test_an_arrival_delivered_twice_is_enqueued_twice(harness: PipelineHarness) -> None:
    for _ in range(2):
        harness.bridge(harness.staging.arrivals[0])
    first, second = harness.work_queue.sent
    assert first == second


def test_enqueues_nothing_when_the_operation_is_done(harness: PipelineHarness) -> None:
    [run] = harness.library.runs.values()
    harness.library.runs[run.id] = replace(run, pending=frozenset({"labels"}))
    harness.bridge(harness.staging.arrivals[0])
    assert not harness.work_queue.sent


def test_enqueues_nothing_when_the_transfer_was_changed_to_bytes(harness: PipelineHarness) -> None:
    harness.operations["text"] = make_operation("text", "bytes")
    harness.bridge(harness.staging.arrivals[0])
    assert not harness.work_queue.sent


def test_ignores_a_copy_that_belongs_to_no_run(harness: PipelineHarness) -> None:
    assert harness.bridge(f"image/{'f' * 32}/variant") == "the staged copy belongs to no run"


def test_a_foreign_key_is_unreadable(harness: PipelineHarness) -> None:
    with pytest.raises(UnreadableMessage):
        harness.bridge("someone-elses.jpg")
