"""Staged copies: none outlives its time to live, and a copy that is missing or cannot be staged loses no image."""

from contextlib import suppress

import pytest
from rekbridge_lambda.domain.claims import MAX_ATTEMPTS
from rekbridge_lambda.domain.errors import Unavailable

from tests.builders import MINUTE
from tests.pipeline_harness import STAGING_TTL, STALE_AFTER, PipelineHarness

HOUR = 60 * MINUTE


def ingest_unread() -> PipelineHarness:
    """An image with a staged copy; all its messages were lost."""
    harness = PipelineHarness()
    harness.ingest(harness.store_original())
    harness.work_queue.sent.clear()
    harness.staging.arrivals.clear()
    return harness


def deliver_or_lose(harness: PipelineHarness) -> None:
    """Deliver every message, and those that follow from it; a message that has to wait is lost."""
    while harness.work_queue.sent or harness.staging.arrivals or harness.result_queue:
        while harness.staging.arrivals:
            harness.bridge(harness.staging.arrivals.pop())
        while harness.work_queue.sent:
            with suppress(Unavailable):
                harness.analyze(harness.work_queue.sent.pop())
        while harness.result_queue:
            harness.route(harness.result_queue.pop())


@pytest.mark.parametrize("days", [3, 10])
def test_no_staged_copy_outlives_its_time_to_live(days: int) -> None:
    harness = ingest_unread()
    started_at = staged_since = harness.now()
    while harness.now() < started_at + days * 24 * HOUR:
        harness.now.at += 5 * MINUTE
        harness.sweep()
        staged_since = staged_since if harness.staging.bodies else harness.now()
        assert harness.now() - staged_since <= STAGING_TTL + 5 * MINUTE


def test_a_copy_of_a_stale_run_is_not_staged_again() -> None:
    harness = ingest_unread()
    harness.now.at += STALE_AFTER + 1
    harness.sweep()
    assert harness.staging.arrivals == []
    assert sorted(work.operation for work in harness.work_queue.sent) == ["faces", "labels", "text"]


def test_a_run_whose_prepared_images_expired_ends_with_either_transfer() -> None:
    harness = ingest_unread()
    harness.staging.delete(list(harness.staging.bodies))
    harness.prepared_images.clear()
    for _ in range(3):
        harness.now.at += 24 * HOUR
        with suppress(ExceptionGroup):
            harness.sweep()
        deliver_or_lose(harness)
    [run] = harness.library.runs.values()
    assert (run.pending, harness.library.closed_runs) == (frozenset(), {run.id})
    assert {result.code for result in harness.library.results.values()} == {"gone"}


def test_a_repeated_event_after_the_prepared_image_expired_ends_the_run() -> None:
    harness = ingest_unread()
    harness.staging.delete(list(harness.staging.bodies))
    harness.prepared_images.clear()
    harness.ingest(harness.store_original())
    deliver_or_lose(harness)
    assert {result.code for result in harness.library.results.values()} == {"gone"}


def test_a_copy_that_cannot_be_staged_for_an_hour_uses_no_attempt() -> None:
    harness = PipelineHarness()
    work = harness.ingest_and_get_work(harness.store_original(), "text")
    harness.staging.delete(list(harness.staging.bodies))
    put, down_until = harness.staging.put, harness.now() + HOUR

    def put_unless_down(key: str, body: bytes) -> None:
        if harness.now() < down_until:
            raise Unavailable("S3 is down in eu-west-1")
        put(key, body)

    harness.staging.put = put_unless_down  # type: ignore[method-assign]
    while not harness.result_queue:
        with suppress(Unavailable):
            harness.analyze(work)
        harness.now.at += MINUTE
    assert harness.result_queue[0].result_key
    [row] = harness.claims.values()
    assert [outcome for _, outcome, _ in row.attempts] == ["done"]


def test_a_copy_that_expires_before_it_is_read_uses_no_attempt() -> None:
    harness = PipelineHarness()
    work = harness.ingest_and_get_work(harness.store_original(), "text")
    for _ in range(2 * MAX_ATTEMPTS):
        harness.staging.delete(list(harness.staging.bodies))
        harness.analyze(work)
    harness.analyze(work)
    assert harness.result_queue[-1].result_key
