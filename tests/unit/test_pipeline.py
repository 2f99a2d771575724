"""From upload to result, with queues that reorder and repeat messages, and workers that are killed."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from rekbridge_lambda.domain.errors import Unavailable

from tests.builders import make_upload
from tests.crash_points import KillAfter, WorkerKilled
from tests.pipeline_harness import ANALYZE_TIMEOUT, STALE_AFTER, PipelineHarness

CAT_RESPONSE = {"Labels": [{"Name": "Cat", "Confidence": 99.0}]}


@dataclass
class QueueNetwork:
    """The messages to all use cases; a test decides when each is delivered."""

    harness: PipelineHarness
    waiting: list[tuple[str, Any]] = field(default_factory=list)
    # Claims whose worker was killed: only these may cause a second call.
    killed: int = 0

    def collect(self) -> None:
        for use_case, sent in (
            ("bridge", self.harness.staging.arrivals),
            ("analyze", self.harness.work_queue.sent),
            ("route", self.harness.result_queue),
        ):
            self.waiting += [(use_case, message) for message in sent]
            sent.clear()

    def deliver(self, number: int, redeliver: bool = False, calls_to_live: int = 0) -> None:
        """Deliver one message; it stays if it has to wait, its worker is killed, or `redeliver` is set."""
        use_case, message = delivery = self.waiting.pop(number % len(self.waiting))
        try:
            getattr(self.harness, use_case)(message, *([KillAfter(calls_to_live)] if calls_to_live else []))
        except (Unavailable, WorkerKilled) as error:
            redeliver = True
            self.killed += use_case == "analyze" and isinstance(error, WorkerKilled)
        if redeliver:
            self.waiting.append(delivery)
        self.collect()
        self.harness.now.at += ANALYZE_TIMEOUT

    def drain(self) -> None:
        for _ in range(500):
            if not self.waiting:
                return
            self.deliver(0)
        raise AssertionError(f"still waiting: {self.waiting}")


def make_harness() -> PipelineHarness:
    harness = PipelineHarness()
    harness.rekognition.responses["labels"] = CAT_RESPONSE
    return harness


def enqueue_uploads(harness: PipelineHarness) -> QueueNetwork:
    """Two images of one owner, one of them twice, and a file that is not an image."""
    harness.media["anna/note.txt", "v1"] = b"hello"
    uploads = [
        harness.store_original("cat"),
        harness.store_original("cat", key="anna/copy.png"),
        harness.store_original("dog", version="v2"),
        make_upload("anna/note.txt", size=5),
    ]
    return QueueNetwork(harness, [("ingest", upload) for upload in uploads])


def run_undisturbed() -> PipelineHarness:
    queues = enqueue_uploads(make_harness())
    queues.drain()
    return queues.harness


UNDISTURBED = run_undisturbed()


def test_every_image_is_analysed_and_paid_once() -> None:
    assert {result.status for result in UNDISTURBED.library.results.values()} == {"done"}
    assert sorted(UNDISTURBED.rekognition.calls) == sorted(["labels", "faces", "text"] * 2)
    assert UNDISTURBED.library.count_labels("anna") == {"Cat": 2}


def test_nothing_is_left_in_the_remote_region() -> None:
    assert not UNDISTURBED.staging.bodies
    assert UNDISTURBED.library.closed_runs == set(UNDISTURBED.library.runs)


def test_a_file_that_is_not_an_image_ends_with_a_reason() -> None:
    assert UNDISTURBED.library.sources["anna/note.txt", "v1"].code == "unreadable-image"


# The number of calls after which the worker is killed; 0 lets it live.
calls_to_live = st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5, 6])
deliveries = st.lists(st.tuples(st.integers(0, 30), st.booleans(), calls_to_live), max_size=50)


@settings(max_examples=50)
@given(deliveries)
def test_reordered_repeated_and_killed_deliveries_lead_to_the_same_records(
    schedule: list[tuple[int, bool, int]],
) -> None:
    queues = enqueue_uploads(make_harness())
    for number, redeliver, calls_to_live in schedule:
        if queues.waiting:
            queues.deliver(number, redeliver, calls_to_live)
    queues.drain()
    sweep_twice(queues)
    assert queues.harness.snapshot() == UNDISTURBED.snapshot()
    assert len(queues.harness.rekognition.calls) <= len(UNDISTURBED.rekognition.calls) + queues.killed


@settings(max_examples=40)
@given(st.data())
def test_sweep_requeues_the_run_of_any_lost_message(data: st.DataObject) -> None:
    queues = enqueue_uploads(make_harness())
    for _ in range(data.draw(st.integers(4, 12))):
        queues.deliver(0)
    lost = data.draw(st.sets(st.integers(0, 20)))
    queues.waiting = [
        delivery for number, delivery in enumerate(queues.waiting) if delivery[0] == "ingest" or number not in lost
    ]
    queues.drain()
    sweep_twice(queues)
    assert queues.harness.snapshot() == UNDISTURBED.snapshot()
    assert len(queues.harness.rekognition.calls) == len(UNDISTURBED.rekognition.calls)


def sweep_twice(queues: QueueNetwork) -> None:
    """Sweep twice: lost work is requeued, and leftover copies are deleted."""
    for _ in range(2):
        queues.harness.now.at += 3 * STALE_AFTER
        queues.harness.sweep()
        queues.collect()
        queues.drain()
