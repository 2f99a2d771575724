"""What a sweep reports: also when it fails or runs out of time, and which runs count as waiting."""

from dataclasses import replace
from typing import Any

import pytest
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.ids import ImageId, RunId
from rekbridge_lambda.domain.runs import Run

from tests.builders import IMAGE, MINUTE, NOW, make_run, make_source, make_upload
from tests.crash_points import self_interleavings
from tests.pipeline_harness import STALE_AFTER, SWEEP_TIMEOUT, PipelineHarness

SWEEP_EVERY = 5 * MINUTE
DAY = 24 * 60 * MINUTE


def make_stale_runs(count: int, *pending: str) -> PipelineHarness:
    """Runs that have just become stale."""
    harness = PipelineHarness()
    for number in range(count):
        image = replace(IMAGE, id=ImageId(f"{number:032x}"))
        run = make_run(*(pending or ("labels",)), image=image, id=RunId(f"{number:064x}"), due_at=NOW - STALE_AFTER - 1)
        harness.library.admit_upload(make_source(run, make_upload(str(number))), image, run)
    return harness


def make_slow_library(harness: PipelineHarness, call_ms: int) -> None:
    """Every postponed run takes so long."""
    postpone = harness.library.postpone_run

    def postpone_slowly(run: Run, until: int) -> None:
        harness.now.at += call_ms
        postpone(run, until)

    harness.library.postpone_run = postpone_slowly  # type: ignore[method-assign]


def fail(*_: object) -> Any:
    raise Unavailable("S3 is down")


def test_a_sweep_stops_in_time_and_reports_what_is_left() -> None:
    harness = make_stale_runs(10)
    make_slow_library(harness, MINUTE)
    report = harness.sweep()
    # Three quarters of its time are for the runs, and half a minute is a reserve.
    assert (report.requeued, report.remaining) == (3, 7)
    assert harness.metrics.list_emitted("RunsRemaining") == {"": 7}
    assert harness.now.at < NOW + SWEEP_TIMEOUT


def test_what_a_sweep_left_is_requeued_by_the_next_ones() -> None:
    harness = make_stale_runs(10)
    make_slow_library(harness, MINUTE)
    assert [harness.sweep().requeued for _ in range(5)] == [3, 3, 3, 1, 0]
    assert len(harness.work_queue.sent) == 10


def test_requeueing_leaves_time_to_delete_copies_abroad() -> None:
    harness = make_stale_runs(100)
    harness.staging.put("stray.jpg", b"")
    harness.staging.staged_at["stray.jpg"] = NOW - DAY
    make_slow_library(harness, MINUTE // 2)
    report = harness.sweep()
    assert (report.remaining > 0, report.staged_copies_deleted) == (True, 1)


def test_no_copy_is_looked_at_after_the_deadline() -> None:
    harness = make_stale_runs(1)
    harness.staging.put("stray.jpg", b"")
    harness.staging.staged_at["stray.jpg"] = NOW - DAY
    make_slow_library(harness, SWEEP_TIMEOUT)
    assert harness.sweep().staged_copies_deleted == 0
    assert harness.sweep().staged_copies_deleted == 1


def test_a_failure_hides_nothing_of_what_was_done_before() -> None:
    harness = make_stale_runs(3)
    harness.staging.list_copies = fail  # type: ignore[method-assign]
    with pytest.raises(ExceptionGroup, match="requeued 3 stale runs"):
        harness.sweep()
    assert harness.metrics.list_emitted("StaleRuns")["labels"] == 3


def test_runs_are_requeued_although_the_waiting_ones_cannot_be_counted() -> None:
    harness = make_stale_runs(3)
    harness.library.find_requeued_runs = fail  # type: ignore[method-assign,assignment]
    with pytest.raises(ExceptionGroup):
        harness.sweep()
    assert len(harness.work_queue.sent) == 3
    assert harness.metrics.list_emitted("StaleRuns")["labels"] == 3


def test_copies_are_deleted_although_no_run_can_be_read() -> None:
    harness = PipelineHarness()
    harness.staging.put("stray.jpg", b"")
    harness.now.at += DAY
    harness.library.find_due_runs = fail  # type: ignore[method-assign,assignment]
    with pytest.raises(ExceptionGroup):
        harness.sweep()
    assert not harness.staging.bodies


def test_a_sweep_that_can_do_nothing_emits_its_metrics_all_the_same() -> None:
    harness = PipelineHarness()
    harness.library.find_due_runs = harness.staging.list_copies = fail  # type: ignore[method-assign,assignment]
    with pytest.raises(ExceptionGroup, match="2 parts of the sweep failed"):
        harness.sweep()
    assert harness.metrics.list_emitted("StaleRuns") == {"labels": 0, "faces": 0, "text": 0}


def test_stale_runs_are_counted_for_every_deployed_operation_that_they_wait_for() -> None:
    harness = make_stale_runs(2, "labels", "text")
    for operation in ("labels", "faces", "text"):
        assert operation in harness.operations
    assert harness.sweep().stale == {"labels": 2, "faces": 0, "text": 2}


def test_a_run_that_waits_is_counted_by_every_sweep_not_only_by_those_that_requeue_it() -> None:
    harness = make_stale_runs(1)
    counts = []
    for _ in range(12 * 4):
        counts.append(harness.sweep().stale["labels"])
        harness.now.at += SWEEP_EVERY
    assert set(counts) == {1}
    assert len(harness.work_queue.sent) < 6


def test_a_run_that_has_ended_is_not_counted() -> None:
    harness = make_stale_runs(1)
    harness.sweep()
    [run] = harness.library.runs.values()
    harness.library.runs[run.id] = replace(run, pending=frozenset())
    harness.library.close_run(run)
    assert harness.sweep().stale["labels"] == 0


@pytest.mark.parametrize("stale_after_h", [0.25, 1, 20])
def test_a_run_that_never_ends_is_counted_for_a_day_and_no_more_after_three(stale_after_h: float) -> None:
    """Its alarm has fired by then, and would fire again whenever the deployment has nothing else to do."""
    harness = make_stale_runs(1)
    stale_after = round(stale_after_h * 60 * MINUTE)
    sweeper = harness.build_sweeper(stale_after)
    counted_until = 0
    harness.now.at = NOW + stale_after
    for _ in range(12 * 24 * 5):
        if sweeper.sweep(harness.now() + SWEEP_TIMEOUT).stale["labels"]:
            counted_until = harness.now()
        harness.now.at += SWEEP_EVERY
    assert DAY // 2 < counted_until - NOW - stale_after < 3 * DAY


def test_every_operation_has_both_metrics_of_its_alarm_at_each_sweep() -> None:
    """A metric without data could not be compared with the other one."""
    harness = PipelineHarness()
    harness.sweep()
    nothing = {"labels": 0, "faces": 0, "text": 0}
    assert harness.metrics.list_emitted("StaleRuns") == harness.metrics.list_emitted("StoredAnswers") == nothing


def test_a_sweep_with_less_time_than_its_reserve_uses_half_of_it() -> None:
    harness = make_stale_runs(3)
    make_slow_library(harness, 1000)
    report = harness.build_sweeper(STALE_AFTER).sweep(harness.now() + 4000)
    assert (report.requeued, report.remaining) == (2, 1)


def test_two_sweeps_at_once_leave_what_one_leaves() -> None:
    def prepare() -> PipelineHarness:
        harness = PipelineHarness()
        harness.ingest(harness.store_original())
        harness.work_queue.sent.clear()
        harness.staging.arrivals.clear()
        harness.staging.put("stray.jpg", b"")
        harness.staging.staged_at["stray.jpg"] = NOW - DAY
        harness.now.at += STALE_AFTER + 1
        return harness

    alone = prepare()
    alone.sweep()
    [run_alone] = alone.library.runs.values()
    interleaving_count = 0
    for harness in self_interleavings(prepare, lambda harness, wrap: harness.sweep(wrap)):
        interleaving_count += 1
        [run] = harness.library.runs.values()
        assert (run.due_at, run.sweeps, run.pending) == (run_alone.due_at, 1, run_alone.pending)
        assert set(harness.staging.bodies) == set(alone.staging.bodies)
        # Work may be there twice: its claim makes the call once (test_self_interleavings.py).
        assert {work.operation for work in harness.work_queue.sent} == {"labels", "faces", "text"}
    assert interleaving_count > 40
