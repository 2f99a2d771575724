"""Workers killed between any two calls: at most one paid call per lease, and a stored result is never lost."""

import pytest
from rekbridge_lambda.domain.errors import ClaimHeld, RefusedByService, Throttled, Unavailable

from tests.crash_points import KillAfter, WorkerKilled, WrapPort, crash_points, pass_through
from tests.pipeline_harness import ANALYZE_TIMEOUT, PipelineHarness


def analyze_until_finished(harness: PipelineHarness, wrap: WrapPort) -> None:
    """One work message, delivered again while it has to wait."""
    work = harness.ingest_and_get_work(harness.store_original())
    while not harness.result_queue:
        try:
            harness.analyze(work, wrap)
        except Unavailable:
            harness.now.at += ANALYZE_TIMEOUT


@pytest.mark.parametrize("errors", [[], [RefusedByService("no")], [Throttled("slow down")]])
def test_a_killed_worker_leads_to_the_same_result(errors: list[Exception]) -> None:
    def prepare() -> PipelineHarness:
        harness = PipelineHarness()
        harness.rekognition.errors = list(errors)
        return harness

    undisturbed = prepare()
    analyze_until_finished(undisturbed, pass_through)
    killed = crash_points(prepare, analyze_until_finished)
    assert len(killed) >= 6
    for harness in killed:
        analyze_until_finished(harness, pass_through)
        assert harness.results.keys() == undisturbed.results.keys()
        assert harness.result_queue[0] == undisturbed.result_queue[0]


def test_only_a_worker_killed_between_call_and_store_causes_a_second_call() -> None:
    killed = crash_points(PipelineHarness, analyze_until_finished)
    for harness in killed:
        analyze_until_finished(harness, pass_through)
    calls = [len(harness.rekognition.calls) for harness in killed]
    assert (calls.count(1), calls.count(2)) == (len(calls) - 1, 1)


def test_no_other_worker_pays_before_the_lease_of_a_killed_worker_has_expired() -> None:
    harness = PipelineHarness()
    work = harness.ingest_and_get_work(harness.store_original())
    # The fifth call is the claim; before it are find_run, has_result, reserve and get.
    with pytest.raises(WorkerKilled):
        harness.analyze(work, KillAfter(5))
    assert len(harness.claims) == 1
    harness.now.at += ANALYZE_TIMEOUT
    with pytest.raises(ClaimHeld):
        harness.analyze(work)
    harness.now.at += 1001
    harness.analyze(work)
    assert harness.rekognition.calls == ["labels"]
