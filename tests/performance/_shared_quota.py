"""Uploads and callers of the REST API at the same quota, in virtual time."""

import random
from dataclasses import dataclass, replace
from statistics import mean, quantiles

from rekbridge_lambda.domain.rate_limits import CallerThrottle
from rekbridge_lambda.rate_limiting.callers import CallerLimiter

from tests.fakes import FakeCallerLimitStore, FakeRateLimitStore
from tests.performance._limiter_scenarios import (
    EQUAL,
    MAX_DELIVERIES,
    Length,
    Scenario,
    create_regions,
    keep_constant,
    make_faces_operation,
)
from tests.performance._queue_simulation import QueueSimulation, SimulationCounts, VirtualTime, Worker, WorkerFactory
from tests.performance._strategies import limit_caller, use_rate_limiter, use_synchronous_calls

# Processes of the API: as many as its callers keep waiting.
API_PROCESSES = 3000
TWO_EQUAL = Scenario("50/50", 0, EQUAL, keep_constant(**EQUAL))
CALLER_THROTTLE = CallerThrottle(per_second=25, burst=50)


@dataclass(frozen=True)
class SharedResult:
    """Uploads and API at one quota: the mean of all seeds."""

    quota: float
    length: Length
    workers: list[SimulationCounts]
    api: list[SimulationCounts]

    def compute_share(self, counts: list[SimulationCounts], name: str = "done") -> float:
        """Calls done (or offered), as a part of the quota."""
        return mean(float(getattr(one, name)) for one in counts) / (self.quota * self.length.counted_s)

    def compute_p99_s(self, counts: list[SimulationCounts]) -> float:
        """Seconds that a call waited beyond its own work, 99th percentile; 0 when there was none."""
        return mean(quantiles(one.added_waits, n=100)[98] if len(one.added_waits) > 1 else 0 for one in counts)

    def compute_per_done(self, name: str) -> float:
        """A count per call done, of both."""
        pairs = zip(self.workers, self.api, strict=True)
        return mean(float(getattr(w, name) + getattr(a, name)) / max(1, w.done + a.done) for w, a in pairs)


def simulate(scenario: Scenario, uploads: float, requests: float, length: Length) -> SharedResult:
    """Uploads and requests at these parts of the quota, once per seed."""
    workers, api = [], []
    for seed in length.seeds:
        operation, store = make_faces_operation(scenario), FakeRateLimitStore()
        callers = {use_synchronous_calls(operation, store): requests}
        queue, calls = run(scenario, length, seed, uploads, use_rate_limiter(operation, store), callers)
        workers.append(queue)
        api.append(calls)
    return SharedResult(scenario.compute_mean_quota(length), length, workers, api)


def run(
    scenario: Scenario,
    length: Length,
    seed: int,
    uploads: float,
    uploads_factory: WorkerFactory,
    callers: dict[WorkerFactory, float],
) -> list[SimulationCounts]:
    """Run a queue of uploads and sources of synchronous calls at the same regions; returns the counts of each."""
    random.seed(seed)
    time, regions, quota = VirtualTime(), create_regions(scenario, seed), replace(scenario, load=1).rate

    def create(factory: WorkerFactory, processes: int, load: float, number: int) -> QueueSimulation:
        deliveries = 1 if number else MAX_DELIVERIES
        simulation = QueueSimulation(
            factory, processes, load * quota, length.duration_s, seed + 50 * number, regions, deliveries,
            length.warm_up_s, time,
        )  # fmt: skip
        simulation.start()
        return simulation

    simulations = [create(uploads_factory, scenario.workers, uploads, 0)]
    simulations += [create(one, API_PROCESSES, load, number) for number, (one, load) in enumerate(callers.items(), 1)]
    time.run(length.duration_s)
    return [simulation.counts for simulation in simulations]


def simulate_callers(length: Length, with_limit: bool) -> tuple[SimulationCounts, SimulationCounts]:
    """Two callers of the API: one demands 1.5 x the quota, the other a tenth of it."""
    operation, store = make_faces_operation(TWO_EQUAL), FakeRateLimitStore()
    limits = FakeCallerLimitStore()

    def create_factory(arn: str) -> WorkerFactory:
        factory = use_synchronous_calls(operation, store)
        if not with_limit:
            return factory

        def create_worker(simulation: QueueSimulation, number: int) -> Worker:
            limiter = CallerLimiter(CALLER_THROTTLE, limits, lambda: int(simulation.now * 1000))
            return limit_caller(factory(simulation, number), lambda: limiter.admit(arn))

        return create_worker

    callers = {create_factory("arn:flood"): 1.5, create_factory("arn:other"): 0.1}
    _, flood, other = run(TWO_EQUAL, length, length.seeds[0], 0, use_rate_limiter(operation, store), callers)
    return flood, other
