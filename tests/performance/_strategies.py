"""Two ways to spend the quota of several regions, as workers of a simulation: the product's code, and plain retries."""

import random
from collections.abc import Callable, Generator

from rekbridge_lambda.adapters.rekognition import FAILED_WAIT_S, THROTTLED_WAIT_S
from rekbridge_lambda.adapters.sqs.consumer import compute_backoff_s
from rekbridge_lambda.domain.errors import Throttled, Unavailable
from rekbridge_lambda.domain.operations import DeployedOperation
from rekbridge_lambda.domain.rate_limits import QuotaShares, Reservation, TrafficClass
from rekbridge_lambda.rate_limiting.limiter import RegionRateLimiter
from rekbridge_lambda.use_cases.retry import ATTEMPT_MS, MARGIN_MS, compute_pause

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

EQUAL_SHARES = QuotaShares(0.5)
# botocore's legacy mode: one call and four retries.
MAX_CALLS = 5
VISIBILITY_TIMEOUT_S = 30.0
# API Gateway's 29 s, less one attempt and the margin: until then a synchronous caller's call is tried again.
API_RETRY_S = 29 - (ATTEMPT_MS + MARGIN_MS) / 1000

# One attempt: yields seconds that pass; returns why there is no result, or None when there is one.
type AttemptSteps = Generator[float, None, Unavailable | None]


def use_rate_limiter(
    operation: DeployedOperation, store: FakeRateLimitStore, shares: QuotaShares = EQUAL_SHARES
) -> WorkerFactory:
    """ANALYZE's own code: every worker has a RegionRateLimiter with a cache of its own, over the shared store."""

    def create_worker(simulation: QueueSimulation, number: int) -> Worker:
        attempt = create_attempt(simulation, number, operation, store, "workers", shares)

        def work(image: QueuedImage) -> WorkerSteps:
            why = yield from attempt(image)
            return None if why is None else compute_backoff_s(why, image.deliveries)

        return work

    return create_worker


def use_synchronous_calls(
    operation: DeployedOperation, store: FakeRateLimitStore, shares: QuotaShares = EQUAL_SHARES
) -> WorkerFactory:
    """API's own code: every process has a RegionRateLimiter, and retries while its caller waits; then it gives up."""

    def create_worker(simulation: QueueSimulation, number: int) -> Worker:
        attempt = create_attempt(simulation, 100_000 + number, operation, store, "api", shares)

        def work(image: QueuedImage) -> WorkerSteps:
            attempts = 0
            while (why := (yield from attempt(image))) is not None:
                pause_s = compute_pause(why, attempts) / 1000
                if simulation.now + pause_s > image.arrived_at + API_RETRY_S:
                    return 0
                yield pause_s
                attempts += 1
            return None

        return work

    return create_worker


def limit_caller(work: Worker, admit: Callable[[], None]) -> Worker:
    """A synchronous call whose caller has a limit of its own: refused at once when it has made too many requests."""

    def limited_work(image: QueuedImage) -> WorkerSteps:
        try:
            admit()
        except Throttled:
            yield NO_RESERVATION_S
            return 0
        return (yield from work(image))

    return limited_work


def create_attempt(
    simulation: QueueSimulation,
    number: int,
    operation: DeployedOperation,
    store: FakeRateLimitStore,
    traffic_class: TrafficClass,
    shares: QuotaShares,
) -> Callable[[QueuedImage], AttemptSteps]:
    """One process of a traffic class: reserves a call, makes it, and reports its outcome to the rate limit."""
    rng = random.Random(simulation.seed * 10_000 + number)
    limiter = RegionRateLimiter(HOME, traffic_class, shares, store, lambda: int(simulation.now * 1000), rng.random)

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

    def attempt(image: QueuedImage) -> AttemptSteps:
        writes_before = store.writes
        try:
            reservation = limiter.reserve(operation)
        except Throttled as why:
            yield NO_RESERVATION_S + count_writes(writes_before)
            return why
        reserve_s = count_writes(writes_before)
        yield max(reserve_s, reservation.at / 1_000_000 - simulation.now)
        outcome, call_s = simulation.call_region(reservation.region)
        yield call_s
        match outcome:
            case "throttled":
                yield report(limiter.report_throttle, reservation)
                return Throttled("", THROTTLED_WAIT_S)
            case "failed":
                yield report(limiter.report_failure, reservation)
                return Unavailable("", FAILED_WAIT_S)
        yield WORKER_OVERHEAD_S + report(limiter.report_success, reservation)
        simulation.count_wait(image, call_s)
        return None

    return attempt


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
