"""Two workers with the same message, interleaved between any two calls: done once, paid once, counted once."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from rekbridge_lambda.adapters.sqs.messages import encode_message
from rekbridge_lambda.domain.errors import RefusedByService, Throttled, Unavailable

from tests.builders import make_result
from tests.crash_points import WrapPort, pass_through, self_interleavings
from tests.pipeline_harness import ANALYZE_TIMEOUT, PipelineHarness


def make_analysis(
    operation: str, errors: list[Exception]
) -> tuple[Callable[[], PipelineHarness], Callable[[PipelineHarness, WrapPort], Any]]:
    """A factory of harnesses with work, and a worker; work that has to wait is left to a later delivery."""

    def prepare() -> PipelineHarness:
        harness = PipelineHarness()
        harness.ingest(harness.store_original())
        harness.rekognition.errors = list(errors)
        return harness

    def analyze(harness: PipelineHarness, wrap: WrapPort) -> None:
        [run] = harness.library.runs.values()
        with suppress(Unavailable):
            harness.analyze(run.make_work(operation), wrap)

    return prepare, analyze


@pytest.mark.parametrize("operation", ["labels", "text"])
@pytest.mark.parametrize("errors", [[], [RefusedByService("no image")], [Throttled("slow down")]])
def test_one_work_message_is_paid_once(operation: str, errors: list[Exception]) -> None:
    prepare, analyze = make_analysis(operation, errors)
    interleaving_count = 0
    for harness in self_interleavings(prepare, analyze):
        interleaving_count += 1
        # A worker that had to wait gets the message again.
        while not harness.result_queue:
            harness.now.at += ANALYZE_TIMEOUT
            analyze(harness, pass_through)
        [row] = harness.claims.values()
        refused = isinstance(errors[0] if errors else None, RefusedByService)
        assert len(harness.rekognition.calls) == (0 if refused else 1)
        assert [outcome for _, outcome, _ in row.attempts] == ["failed" if refused else "done"]
        assert row.lease_until is None
    assert interleaving_count > 40


def test_an_upload_is_admitted_once() -> None:
    undisturbed = PipelineHarness()
    undisturbed.ingest(undisturbed.store_original())
    for harness in self_interleavings(
        PipelineHarness, lambda harness, wrap: harness.ingest(harness.store_original(), wrap)
    ):
        assert harness.snapshot() == undisturbed.snapshot()
        assert {encode_message(work) for work in harness.work_queue.sent} == {
            encode_message(work) for work in undisturbed.work_queue.sent
        }


def test_a_result_is_counted_once() -> None:
    def prepare() -> PipelineHarness:
        harness = PipelineHarness()
        harness.rekognition.responses["labels"] = make_result("Cat").response
        harness.analyze(harness.ingest_and_get_work(harness.store_original()))
        return harness

    for harness in self_interleavings(prepare, lambda harness, wrap: harness.route(harness.result_queue[0], wrap)):
        assert harness.library.count_labels("anna") == {"Cat": 1}
        assert "labels" not in next(iter(harness.library.runs.values())).pending
