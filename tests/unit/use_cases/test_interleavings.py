"""Two different use cases on one image, interleaved between any two calls: the outcome is always the same."""

from collections.abc import Callable
from contextlib import suppress
from itertools import permutations

import pytest
from rekbridge_lambda.domain.errors import Unavailable

from tests.builders import MINUTE, make_result
from tests.crash_points import WrapPort, interleavings
from tests.pipeline_harness import STALE_AFTER, PipelineHarness

type RunUseCase = Callable[[PipelineHarness, WrapPort], object]


def deliver_all(harness: PipelineHarness) -> None:
    """Deliver every message, and those that follow from it, until none is left."""
    while harness.work_queue.sent or harness.staging.arrivals or harness.result_queue:
        while harness.staging.arrivals:
            harness.bridge(harness.staging.arrivals.pop())
        while harness.work_queue.sent:
            work = harness.work_queue.sent.pop()
            try:
                harness.analyze(work)
            except Unavailable:
                harness.work_queue.sent.append(work)
                harness.now.at += MINUTE
        while harness.result_queue:
            harness.route(harness.result_queue.pop())


def sweep_until_settled(harness: PipelineHarness) -> None:
    """Deliver every message, then sweep and deliver a few times."""
    deliver_all(harness)
    for _ in range(4):
        harness.now.at += STALE_AFTER + MINUTE
        with suppress(ExceptionGroup):
            harness.sweep()
        deliver_all(harness)


def ingest_only() -> PipelineHarness:
    """An image that was ingested long enough ago for SWEEP; none of its operations has run."""
    harness = PipelineHarness()
    harness.rekognition.responses["labels"] = make_result("Cat").response
    harness.ingest(harness.store_original())
    harness.now.at += STALE_AFTER + 1
    return harness


def ingest_and_analyze_two() -> PipelineHarness:
    """The same, with two of its three results not yet routed."""
    harness = ingest_only()
    [run] = harness.library.runs.values()
    for name in ("labels", "text"):
        harness.analyze(run.make_work(name))
    return harness


def leave_last_operation() -> PipelineHarness:
    """The same, with every result routed but that of the staged operation."""
    harness = ingest_and_analyze_two()
    [run] = harness.library.runs.values()
    harness.analyze(run.make_work("faces"))
    text = next(finished for finished in harness.result_queue if finished.operation == "text")
    for finished in list(harness.result_queue):
        if finished is not text:
            harness.route(finished)
    harness.result_queue[:] = [text]
    return harness


def route(operation: str) -> RunUseCase:
    def run_use_case(harness: PipelineHarness, wrap: WrapPort) -> object:
        finished = next(each for each in list(harness.result_queue) if each.operation == operation)
        return harness.route(finished, wrap)

    return run_use_case


def ingest(key: str = "anna/cat.png", version: str = "v1") -> RunUseCase:
    return lambda harness, wrap: harness.ingest(harness.store_original(key=key, version=version), wrap)


def sweep(harness: PipelineHarness, wrap: WrapPort) -> object:
    return harness.sweep(wrap)


def bridge(harness: PipelineHarness, wrap: WrapPort) -> object:
    [run] = harness.library.runs.values()
    [copy] = run.staged_copies
    return harness.bridge(copy, wrap)


def analyze(operation: str) -> RunUseCase:
    def run_use_case(harness: PipelineHarness, wrap: WrapPort) -> None:
        [run] = harness.library.runs.values()
        with suppress(Unavailable):
            harness.analyze(run.make_work(operation), wrap)

    return run_use_case


PAIRS = [
    pytest.param(ingest_and_analyze_two, route("labels"), route("text"), id="route x route"),
    pytest.param(leave_last_operation, sweep, route("text"), id="sweep x route"),
    pytest.param(ingest_and_analyze_two, sweep, route("text"), id="sweep x route, not the last"),
    pytest.param(ingest_only, sweep, ingest(), id="sweep x ingest again"),
    pytest.param(ingest_only, sweep, ingest("anna/copy.png"), id="sweep x ingest of a copy"),
    pytest.param(leave_last_operation, route("text"), ingest("anna/copy.png"), id="route x ingest of a copy"),
    pytest.param(ingest_only, sweep, bridge, id="sweep x bridge"),
    pytest.param(leave_last_operation, route("text"), bridge, id="route x bridge"),
    pytest.param(ingest_only, sweep, analyze("text"), id="sweep x analyze"),
    pytest.param(ingest_only, sweep, analyze("labels"), id="sweep x analyze by bytes"),
    pytest.param(leave_last_operation, route("text"), analyze("text"), id="route x analyze"),
    pytest.param(ingest_only, sweep, sweep, id="sweep x sweep"),
    pytest.param(leave_last_operation, sweep, sweep, id="sweep x sweep, one left"),
    pytest.param(PipelineHarness, ingest(), ingest("anna/copy.png"), id="ingest x ingest of a copy"),
    pytest.param(PipelineHarness, ingest(), sweep, id="ingest x sweep"),
]


@pytest.mark.parametrize(("prepare", "first", "second"), PAIRS)
def test_two_use_cases_at_once_lead_to_the_same_outcome(
    prepare: Callable[[], PipelineHarness], first: RunUseCase, second: RunUseCase
) -> None:
    interleaving_count = 0
    for a, b in permutations((first, second)):
        for harness in interleavings(prepare, a, b):
            interleaving_count += 1
            sweep_until_settled(harness)
            [run] = harness.library.runs.values()
            assert (run.pending, harness.library.closed_runs) == (frozenset(), {run.id})
            assert sorted(harness.rekognition.calls) == ["faces", "labels", "text"]
            assert all(outcome == "done" for row in harness.claims.values() for _, outcome, _ in row.attempts)
            assert harness.staging.bodies == {}
            if prepare is not PipelineHarness:
                assert harness.library.count_labels("anna") == {"Cat": 1}
    assert interleaving_count > 8
