"""The API interleaved with a worker, and deployments between use cases: paid once, counted once, closed in the end."""

from contextlib import suppress
from itertools import permutations

import pytest
from rekbridge_lambda.domain.errors import NoAnswer, Throttled, Unavailable
from rekbridge_lambda.domain.ids import OwnerId
from rekbridge_lambda.domain.requests import AnalysisRequest, S3ImageRef
from rekbridge_lambda.use_cases.retry import DeadlineRetry
from rekbridge_lambda.use_cases.synchronous_analysis import SynchronousAnalysis

from tests.builders import make_operation, make_result
from tests.crash_points import WrapPort, interleavings
from tests.fakes import FakeSleep
from tests.pipeline_harness import PipelineHarness
from tests.unit.use_cases.test_interleavings import RunUseCase, analyze, sweep_until_settled

BUDGET_MS = 29_000


def ingest_image() -> PipelineHarness:
    harness = PipelineHarness()
    harness.rekognition.responses["labels"] = make_result("Cat").response
    harness.ingest(harness.store_original())
    harness.work_queue.sent.clear()
    return harness


def analyze_synchronously(harness: PipelineHarness, wrap: WrapPort) -> None:
    results = wrap(harness.results)
    sleep = FakeSleep(harness.now)
    deadline_retry = DeadlineRetry(results, harness.build_paid_calls(wrap), sleep, harness.now)
    media, preparer, owner_keys = map(wrap, [harness.media, harness.preparer, harness.owner_keys])
    analysis = SynchronousAnalysis(media, preparer, owner_keys, results, deadline_retry, harness.now)
    with suppress(Unavailable):
        request = AnalysisRequest((S3ImageRef("anna/cat.png"),), {})
        analysis.analyze_request(harness.operations["labels"], request, OwnerId("caller/x"), harness.now() + BUDGET_MS)


@pytest.mark.parametrize("errors", [[], [Throttled("slow down")], [NoAnswer("ten seconds")]])
@pytest.mark.parametrize("second", [analyze("labels"), analyze_synchronously])
def test_a_caller_and_a_worker_pay_once(second: RunUseCase, errors: list[Exception]) -> None:
    def prepare() -> PipelineHarness:
        harness = ingest_image()
        harness.rekognition.errors = list(errors)
        return harness

    for first_use_case, second_use_case in permutations((analyze_synchronously, second)):
        for harness in interleavings(prepare, first_use_case, second_use_case):
            harness.now.at += 60_000
            [run] = harness.library.runs.values()
            harness.work_queue.send([run.make_work("labels")])
            sweep_until_settled(harness)
            assert harness.rekognition.calls.count("labels") == 1
            [run] = harness.library.runs.values()
            assert (run.pending, harness.library.closed_runs) == (frozenset(), {run.id})
            assert harness.library.count_labels("anna") == {"Cat": 1}


def deploy_other_operations(harness: PipelineHarness) -> None:
    """A deployment with another transfer, other parameters, one new operation and one removed."""
    harness.operations = {
        "labels": make_operation("labels", "staged"),
        "text": make_operation("text", MinConfidence=80),
        "moderation": make_operation("moderation"),
    }


def test_a_deployment_between_ingest_and_route() -> None:
    def prepare() -> PipelineHarness:
        harness = ingest_image()
        [run] = harness.library.runs.values()
        for name in ("labels", "faces", "text"):
            harness.analyze(run.make_work(name))
        deploy_other_operations(harness)
        return harness

    def route(harness: PipelineHarness, wrap: WrapPort) -> None:
        for finished in list(harness.result_queue)[:3]:
            harness.route(finished, wrap)

    def ingest(harness: PipelineHarness, wrap: WrapPort) -> None:
        harness.ingest(harness.store_original(version="v2"), wrap)

    for first_use_case, second_use_case in permutations((route, ingest)):
        for harness in interleavings(prepare, first_use_case, second_use_case):
            sweep_until_settled(harness)
            assert {run.pending for run in harness.library.runs.values()} == {frozenset()}
            assert len(harness.library.closed_runs) == len(harness.library.runs) == 2
            assert harness.rekognition.calls.count("labels") == 1
            assert harness.library.count_labels("anna") == {"Cat": 1}
            assert harness.staging.bodies == {}
