from dataclasses import replace

import pytest
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.ids import ImageId
from rekbridge_lambda.domain.runs import Run
from rekbridge_lambda.use_cases.sweep import MAX_RUNS_PER_SWEEP, SweepReport

from tests.builders import IMAGE, NOW, make_run, make_source, make_upload
from tests.crash_points import crash_points
from tests.pipeline_harness import STAGING_TTL, STALE_AFTER, PipelineHarness


def make_stale_run(*pending: str) -> PipelineHarness:
    """A stale run: it was ingested long enough ago, and all its messages were lost."""
    harness = PipelineHarness()
    harness.ingest(harness.store_original())
    harness.work_queue.sent.clear()
    harness.staging.arrivals.clear()
    [run] = harness.library.runs.values()
    harness.library.runs[run.id] = replace(run, pending=frozenset(pending or run.pending))
    harness.now.at += STALE_AFTER + 1
    return harness


def test_requeues_a_bytes_operation() -> None:
    harness = make_stale_run("labels")
    assert harness.sweep() == SweepReport({"labels": 1, "faces": 0, "text": 0}, requeued=1, staged_copies_deleted=1)
    assert [work.operation for work in harness.work_queue.sent] == ["labels"]


def test_stages_a_missing_copy_again() -> None:
    harness = make_stale_run("text")
    harness.staging.delete(list(harness.staging.bodies))
    harness.sweep()
    assert (len(harness.staging.arrivals), harness.work_queue.sent) == (1, [])


def test_ignores_a_run_that_is_not_stale() -> None:
    harness = make_stale_run()
    harness.now.at = NOW + STALE_AFTER
    assert harness.sweep() == SweepReport({"labels": 0, "faces": 0, "text": 0})


def test_waits_twice_as_long_after_each_sweep() -> None:
    harness = make_stale_run("labels")
    requeued_at = []
    for minute in range(240):
        harness.now.at = NOW + minute * 60_000
        if harness.sweep().requeued:
            requeued_at.append(minute)
    assert requeued_at == [16, 47, 108, 229]


@pytest.mark.parametrize(("extra_ms", "requeued"), [(0, 0), (1, 1)])
def test_waits_at_most_a_day(extra_ms: int, requeued: int) -> None:
    harness = make_stale_run("labels")
    [run] = harness.library.runs.values()
    harness.library.runs[run.id] = replace(run, sweeps=40)
    harness.sweep()
    harness.now.at += 24 * 3600 * 1000 + extra_ms
    assert harness.sweep().requeued == requeued


def test_closes_a_run_without_pending_operations() -> None:
    harness = make_stale_run("labels")
    [run] = harness.library.runs.values()
    harness.library.runs[run.id] = replace(run, pending=frozenset())
    harness.sweep()
    assert harness.library.closed_runs == {run.id}
    assert not harness.staging.bodies


def undeploy(harness: PipelineHarness, *operations: str) -> PipelineHarness:
    """Remove operations from the deployment."""
    harness.operations = {name: operation for name, operation in harness.operations.items() if name not in operations}
    return harness


def test_an_operation_that_is_no_longer_deployed_fails_with_the_reason() -> None:
    harness = undeploy(make_stale_run("faces", "labels"), "faces")
    harness.sweep()
    [finished] = harness.result_queue
    assert (finished.operation, finished.code) == ("faces", "unknown-operation")
    assert [work.operation for work in harness.work_queue.sent] == ["labels"]


def test_a_run_whose_last_operation_is_no_longer_deployed_ends() -> None:
    harness = undeploy(make_stale_run("text"), "text")
    harness.sweep()
    [finished] = harness.result_queue
    harness.route(finished)
    [run] = harness.library.runs.values()
    assert (run.pending, harness.library.closed_runs, harness.staging.bodies) == (frozenset(), {run.id}, {})


def test_an_undeployed_operation_that_is_failed_twice_has_one_failed_result() -> None:
    harness = undeploy(make_stale_run("faces"), "faces")
    harness.sweep()
    harness.now.at += 4 * STALE_AFTER
    harness.sweep()
    for finished in harness.result_queue:
        harness.route(finished)
    [result] = [result.status for key, result in harness.library.results.items() if "faces" in key]
    assert (len(harness.result_queue), result) == (2, "failed")


def test_deletes_a_copy_that_belongs_to_no_run() -> None:
    harness = PipelineHarness()
    for key in ("image/unknown/variant", "stray.jpg"):
        harness.staging.put(key, b"")
    harness.now.at += STALE_AFTER + 1
    harness.sweep()
    assert not harness.staging.bodies


def test_keeps_a_copy_that_was_just_staged() -> None:
    harness = PipelineHarness()
    harness.staging.put("image/unknown/variant", b"")
    harness.sweep()
    assert harness.staging.bodies


def test_keeps_a_copy_that_an_operation_still_needs() -> None:
    harness = make_stale_run("text")
    [run] = harness.library.runs.values()
    harness.library.postpone_run(run, harness.now() + STALE_AFTER)
    harness.sweep()
    assert set(harness.staging.bodies) == run.staged_copies


def test_deletes_a_needed_copy_after_its_time_to_live() -> None:
    harness = make_stale_run("text")
    [run] = harness.library.runs.values()
    harness.library.postpone_run(run, harness.now() + 2 * STAGING_TTL)
    harness.now.at += STAGING_TTL
    harness.sweep()
    assert not harness.staging.bodies


def test_runs_beyond_the_limit_of_one_sweep_are_left_to_the_next() -> None:
    harness = PipelineHarness()
    for number in range(MAX_RUNS_PER_SWEEP + 1):
        run = make_run(image=replace(IMAGE, id=ImageId(f"{number:032x}")), due_at=NOW - STALE_AFTER - 1)
        harness.library.admit_upload(make_source(run, make_upload(str(number))), IMAGE, run)
    assert [harness.sweep().requeued for _ in range(3)] == [MAX_RUNS_PER_SWEEP, 1, 0]


def raise_unavailable(key: str) -> bytes:
    raise Unavailable("S3 is down")


def test_one_run_that_cannot_be_requeued_blocks_no_other() -> None:
    harness = make_stale_run("labels")
    harness.prepared_images.get = raise_unavailable  # type: ignore[method-assign]
    broken = make_run("text", image=replace(IMAGE, id=ImageId("b" * 32)), due_at=NOW - 1)
    harness.library.admit_upload(make_source(broken, make_upload("b")), IMAGE, broken)
    with pytest.raises(ExceptionGroup) as raised:
        harness.sweep()
    assert raised.group_contains(Unavailable)
    assert [work.operation for work in harness.work_queue.sent] == ["labels"]


def test_a_run_that_cannot_be_postponed_blocks_no_other() -> None:
    harness = PipelineHarness()
    for name in ("cat", "dog"):
        harness.ingest(harness.store_original(name, f"anna/{name}.png"))
    harness.work_queue.sent.clear()
    harness.now.at += STALE_AFTER + 1
    postpone, first = harness.library.postpone_run, next(iter(harness.library.runs))

    def postpone_others(run: Run, until: int) -> None:
        if run.id == first:
            raise Unavailable("DynamoDB is busy")
        postpone(run, until)

    harness.library.postpone_run = postpone_others  # type: ignore[method-assign]
    with pytest.raises(ExceptionGroup):
        harness.sweep()
    assert {work.run_id for work in harness.work_queue.sent} == set(harness.library.runs)


def test_a_run_that_cannot_be_requeued_is_postponed() -> None:
    harness = PipelineHarness()
    harness.prepared_images.get = raise_unavailable  # type: ignore[method-assign]
    broken = make_run("text", due_at=NOW - STALE_AFTER - 1)
    harness.library.admit_upload(make_source(broken, make_upload()), IMAGE, broken)
    with pytest.raises(ExceptionGroup):
        harness.sweep()
    assert harness.library.runs[broken.id].sweeps == 1


def test_after_a_killed_sweep_the_next_sweep_requeues_the_rest() -> None:
    for harness in crash_points(make_stale_run, lambda harness, wrap: harness.sweep(wrap)):
        harness.now.at += 2 * STALE_AFTER
        harness.sweep()
        assert {work.operation for work in harness.work_queue.sent} == {"labels", "faces", "text"}
