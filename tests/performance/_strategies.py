"""Two ways to spend the quota of several regions, as workers of a simulation: the product's code, and plain retries."""

import random
from collections.abc import Callable

from rekbridge_lambda.adapters.rekognition import FAILED_WAIT_S, THROTTLED_WAIT_S
from rekbridge_lambda.adapters.sqs.consumer import compute_backoff_s
from rekbridge_lambda.domain.errors import Throttled, Unavailable
from rekbridge_lambda.domain.operations import DeployedOperation
from rekbridge_lambda.domain.rate_limits import Reservation
from rekbridge_lambda.rate_limiting.gcra import WORKER_MAX_LOOKAHEAD
from rekbridge_lambda.rate_limiting.limiter import RegionRateLimiter

from tests.builders import HOME
from tests.fakes import FakeRateLimitStore
from tests.performance._queue_simulation import (
    NO_RESERVATION_S,
    TABLE_WRITE_S,
    WORKER_OVERHEAD_S,
    QueuedImage,
    QueueSimulation,
    Worker,
    WorkerFactory,
    WorkerSteps,
)

# botocore's legacy mode: one call and four retries.
MAX_CALLS = 5
VISIBILITY_TIMEOUT_S = 30.0


def use_rate_limiter(operation: DeployedOperation, store: FakeRateLimitStore) -> WorkerFactory:
    """ANALYZE's own code: every worker has a RegionRateLimiter with a cache of its own, over the shared store."""

    def create_worker(simulation: QueueSimulation, number: int) -> Worker:
        rng = random.Random(simulation.seed * 10_000 + number)
        limiter = RegionRateLimiter(HOME, WORKER_MAX_LOOKAHEAD, store, lambda: int(simulation.now * 1000), rng.random)

        def count_writes(writes_before: int) -> float:
            """Count the writes since then; returns the seconds that they take."""
            writes = store.writes - writes_before
            simulation.counts.writes += writes if simulation.is_counting else 0
            return writes * TABLE_WRITE_S

        def report(function: Callable[[Reservation], None], reservation: Reservation) -> float:
            """Report an outcome to the limiter; returns the seconds that it takes."""
            writes_before = store.writes
            function(reservation)
            return count_writes(writes_before)

        def work(image: QueuedImage) -> WorkerSteps:
            writes_before = store.writes
            try:
                reservation = limiter.reserve(operation)
            except Throttled as why:
                yield NO_RESERVATION_S + count_writes(writes_before)
                return compute_backoff_s(why, image.deliveries)
            reserve_s = count_writes(writes_before)
            yield max(reserve_s, reservation.at / 1_000_000 - simulation.now)
            outcome, call_s = simulation.call_region(reservation.region)
            yield call_s
            match outcome:
                case "throttled":
                    yield report(limiter.report_throttle, reservation)
                    return compute_backoff_s(Throttled("", THROTTLED_WAIT_S), image.deliveries)
                case "failed":
                    yield report(limiter.report_failure, reservation)
                    return compute_backoff_s(Unavailable("", FAILED_WAIT_S), image.deliveries)
            yield WORKER_OVERHEAD_S + report(limiter.report_success, reservation)
            simulation.count_wait(image, call_s)
            return None

        return work

    return create_worker


def use_random_region(weights: dict[str, float]) -> WorkerFactory:
    """A region drawn by weight, botocore's four retries, then a new delivery after the visibility timeout of 30 s."""

    def create_worker(simulation: QueueSimulation, number: int) -> Worker:
        rng = random.Random(simulation.seed * 10_000 + number)

        def work(image: QueuedImage) -> WorkerSteps:
            [region] = rng.choices(list(weights), list(weights.values()))
            for attempt in range(MAX_CALLS):
                outcome, call_s = simulation.call_region(region)
                yield call_s
                if outcome == "answered":
                    yield WORKER_OVERHEAD_S
                    simulation.count_wait(image, call_s)
                    return None
                if attempt < MAX_CALLS - 1:
                    # botocore's backoff in legacy mode: random x 2^(retry - 1), at most 20 s.
                    yield rng.random() * 2**attempt
            return VISIBILITY_TIMEOUT_S

        return work

    return create_worker
