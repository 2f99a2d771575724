"""Every region full or down for hours, in virtual time: real use cases, rate limiter and backoff, a queue in memory."""

import heapq
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from rekbridge_lambda.adapters.rekognition import FAILED_WAIT_S, THROTTLED_WAIT_S
from rekbridge_lambda.adapters.sqs.consumer import SqsConsumer
from rekbridge_lambda.adapters.sqs.messages import decode_message, encode_message
from rekbridge_lambda.domain.errors import NoAnswer, RegionRefused, Throttled, Unavailable
from rekbridge_lambda.domain.messages import Work
from rekbridge_lambda.domain.operations import DeployedOperation, RegionQuota
from rekbridge_lambda.domain.rate_limits import QuotaShares
from rekbridge_lambda.rate_limiting.limiter import RegionRateLimiter

from tests.builders import HOME, make_sqs_record
from tests.fakes import FakeRateLimitStore
from tests.pipeline_harness import PipelineHarness

HOUR = 3_600_000
# modules/queue: after so many receives SQS sends a message to the DLQ.
MAX_RECEIVES = 1000
OVERHEAD_MS = 20

IRELAND, FRANKFURT = "eu-west-1", "eu-central-1"
# The error of a call, and after how many milliseconds.
THROTTLING = Throttled("slow down", THROTTLED_WAIT_S), 30
DOWN = Unavailable("connection refused", FAILED_WAIT_S), 1000
TIMING_OUT = NoAnswer("not in time"), 10_000
REFUSING = RegionRefused("no access", FAILED_WAIT_S), 30


@dataclass
class FailingRegions:
    """Rekognition in every region: until `recovers_at`, each call ends with the error of its region."""

    harness: PipelineHarness
    outage: Mapping[str, tuple[Exception, int]]
    recovers_at: int
    calls_by_region: Counter[str] = field(default_factory=Counter)

    def analyze(self, operation: DeployedOperation, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
        if self.harness.now() < self.recovers_at:
            error, duration_ms = self.outage[region]
            self.harness.now.at += duration_ms
            raise error
        self.harness.now.at += 300
        self.calls_by_region[region] += 1
        return {"Labels": []}


@dataclass
class OutageSimulation:
    """A work queue and its workers: a free worker receives the message that has been visible longest."""

    harness: PipelineHarness
    operation: DeployedOperation
    work: list[Work]
    workers: int
    receives: Counter[int] = field(default_factory=Counter)
    visibility_timeout: int = 0
    dead_letters: list[str] = field(default_factory=list)

    def change_message_visibility(self, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:
        self.visibility_timeout = VisibilityTimeout

    def send_message(self, QueueUrl: str, MessageBody: str, MessageAttributes: Any) -> None:
        self.dead_letters.append(MessageBody)

    def drain(self) -> None:
        """Receive messages until none is left."""
        consumer = SqsConsumer(self, {self.operation.queue_url: self.operation.dlq_url}, lambda: "")  # type: ignore[arg-type]
        store, shares, rng = FakeRateLimitStore(), QuotaShares(0.5), random.Random(7).random
        limiters = [
            RegionRateLimiter(HOME, "workers", shares, store, self.harness.now, rng) for _ in range(self.workers)
        ]
        started_at = self.harness.now()
        free_workers = [(started_at, worker) for worker in range(self.workers)]
        visible_messages = [(started_at, number) for number in range(len(self.work))]
        while visible_messages:
            (free_at, worker), (visible_at, number) = heapq.heappop(free_workers), heapq.heappop(visible_messages)
            self.harness.now.at = max(free_at, visible_at)
            self.harness.region_selector = limiters[worker]  # type: ignore[assignment]
            self.receives[number] += 1
            record = make_sqs_record(encode_message(self.work[number]), self.receives[number])
            response = consumer.process_batch(
                {"Records": [record]}, lambda body, _: self.harness.analyze(decode_message(Work, body))
            )
            self.harness.now.at += OVERHEAD_MS
            heapq.heappush(free_workers, (self.harness.now(), worker))
            if response["batchItemFailures"]:
                heapq.heappush(visible_messages, (self.harness.now() + 1000 * self.visibility_timeout, number))


def simulate_outage(
    outage: Mapping[str, tuple[Exception, int]], hours: float, images: int, workers: int = 6
) -> OutageSimulation:
    """Images for regions with five calls a second each, which recover after so many hours."""
    harness = PipelineHarness()
    operation = replace(harness.operations["labels"], regions=dict.fromkeys(outage, RegionQuota(5)))
    harness.operations["labels"] = operation
    work = [
        harness.ingest_and_get_work(harness.store_original(f"{number}", f"anna/{number}.png"))
        for number in range(images)
    ]
    harness.rekognition = FailingRegions(harness, outage, recovers_at=harness.now() + round(hours * HOUR))  # type: ignore[assignment]
    simulation = OutageSimulation(harness, operation, work, workers)
    simulation.drain()
    return simulation


@pytest.fixture(autouse=True)
def seed_jitter() -> Iterator[None]:
    """Backoff has the same jitter in every run."""
    state = random.getstate()
    random.seed(1)
    yield
    random.setstate(state)


OUTAGES = [
    pytest.param({IRELAND: THROTTLING, FRANKFURT: THROTTLING}, id="all full"),
    pytest.param({IRELAND: DOWN, FRANKFURT: DOWN}, id="all down"),
    pytest.param({IRELAND: TIMING_OUT, FRANKFURT: TIMING_OUT}, id="all timing out"),
    pytest.param({IRELAND: THROTTLING, FRANKFURT: DOWN}, id="one full, one down"),
    pytest.param({IRELAND: DOWN, FRANKFURT: REFUSING}, id="one down, one refusing"),
]


@pytest.mark.parametrize("outage", OUTAGES)
def test_an_hour_without_any_region_loses_no_message(
    outage: Mapping[str, tuple[Exception, int]],
) -> None:
    simulation = simulate_outage(outage, hours=1, images=100)
    finished = {message.run_id for message in simulation.harness.result_queue if message.result_key}
    assert (finished, simulation.dead_letters) == ({work.run_id for work in simulation.work}, [])
    assert max(simulation.receives.values()) < MAX_RECEIVES / 4
    # Every image was paid for once.
    assert sum(simulation.harness.rekognition.calls_by_region.values()) == 100  # type: ignore[attr-defined]


def test_a_backlog_that_is_throttled_for_hours_stays_below_the_receive_limit() -> None:
    simulation = simulate_outage({IRELAND: THROTTLING}, hours=2, images=60, workers=3)
    assert (len(simulation.harness.results), simulation.dead_letters) == (60, [])
    assert max(simulation.receives.values()) < MAX_RECEIVES / 4


def test_staged_work_survives_a_week_without_its_region() -> None:
    simulation = simulate_outage({IRELAND: DOWN}, hours=7 * 24, images=12)
    assert (len(simulation.harness.results), simulation.dead_letters) == (12, [])
    assert max(simulation.receives.values()) < MAX_RECEIVES
