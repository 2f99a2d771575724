"""Scenarios of the rate limiter in virtual time, and what each strategy makes of them."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from statistics import mean, quantiles

from rekbridge_lambda.domain.operations import DeployedOperation, RegionQuota

from tests.builders import make_operation
from tests.fakes import FakeRateLimitStore
from tests.performance._queue_simulation import QueueSimulation, SimulatedRegion, SimulationCounts
from tests.performance._strategies import use_random_region, use_rate_limiter

# modules/home computes the workers: quota x latency, and a quarter more.
LATENCY_S = 0.42 * 1.25
MAX_DELIVERIES = 1000
RETRYING_WORKERS, RETRYING_MAX_DELIVERIES = 1000, 3

type QuotaOverTime = Callable[[float], float]


@dataclass(frozen=True)
class Length:
    """How long each simulation runs (virtual seconds), from when it counts, and its seeds."""

    duration_s: int
    warm_up_s: int
    seeds: tuple[int, ...]

    @property
    def counted_s(self) -> int:
        """Seconds that count."""
        return self.duration_s - self.warm_up_s


FULL = Length(360, 60, (1, 2, 3))
SMALLEST = Length(12, 2, (1,))


@dataclass(frozen=True)
class Scenario:
    """Regions with their configured and their real quotas (calls a second). `load` is relative to the real ones."""

    name: str
    load: float
    configured: dict[str, float]
    real: dict[str, QuotaOverTime]

    def compute_mean_quota(self, length: Length) -> float:
        """Calls a second that all regions accept, in the mean of the time that counts."""
        seconds = range(length.warm_up_s, length.duration_s)
        return mean(sum(quota(at + 0.5) for quota in self.real.values()) for at in seconds)

    @property
    def workers(self) -> int:
        """ANALYZE's concurrency, as modules/home computes it."""
        return ceil(LATENCY_S * sum(self.configured.values()))

    @property
    def rate(self) -> float:
        """Uploads a second."""
        return self.load * sum(quota(0) for quota in self.real.values())


def keep_constant(**quotas: float) -> dict[str, QuotaOverTime]:
    """Quotas that do not change."""
    return {name: lambda _, quota=quota: quota for name, quota in quotas.items()}  # type: ignore[misc]


@dataclass(frozen=True)
class StrategyResult:
    """One strategy in one scenario: the mean of its seeds, or their sum."""

    scenario: Scenario
    length: Length
    counts: list[SimulationCounts]

    @property
    def goodput(self) -> float:
        """Images done, as a share of those that could be done."""
        quota = self.scenario.compute_mean_quota(self.length)
        return mean(one.done / min(one.offered, quota * self.length.counted_s) for one in self.counts)

    def compute_per_done(self, name: str) -> float:
        """A count per image done."""
        return mean(float(getattr(one, name)) / max(1, one.done) for one in self.counts)

    def compute_per_offered(self, name: str) -> float:
        """A count per image offered."""
        return mean(float(getattr(one, name)) / one.offered for one in self.counts)

    @property
    def dead_lettered(self) -> int:
        """Images on the dead-letter queue, of all seeds."""
        return sum(one.dead_lettered for one in self.counts)

    @property
    def p99_s(self) -> float:
        """Seconds that an image waits beyond its own work, 99th percentile."""
        return mean(quantiles(one.added_waits, n=100)[98] for one in self.counts)


def simulate_rate_limiter(scenario: Scenario, length: Length) -> StrategyResult:
    """The product in a scenario, once per seed."""
    counts = []
    for seed in length.seeds:
        simulation = QueueSimulation(
            use_rate_limiter(make_faces_operation(scenario), FakeRateLimitStore()),
            scenario.workers,
            scenario.rate,
            length.duration_s,
            seed,
            create_regions(scenario, seed),
            MAX_DELIVERIES,
            length.warm_up_s,
        )
        counts.append(run_seeded(simulation))
    return StrategyResult(scenario, length, counts)


def make_faces_operation(scenario: Scenario) -> DeployedOperation:
    """DetectFaces with the configured quotas of a scenario."""
    operation = make_operation("faces")
    operation.regions.clear()
    operation.regions.update({name: RegionQuota(tps) for name, tps in scenario.configured.items()})
    return operation


def simulate_random_region(scenario: Scenario, length: Length) -> StrategyResult:
    """Random regions with retries in a scenario, once per seed."""
    counts = []
    for seed in length.seeds:
        simulation = QueueSimulation(
            use_random_region(dict.fromkeys(scenario.configured, 1.0)),
            RETRYING_WORKERS,
            scenario.rate,
            length.duration_s,
            seed,
            create_regions(scenario, seed),
            RETRYING_MAX_DELIVERIES,
            length.warm_up_s,
        )
        counts.append(run_seeded(simulation))
    return StrategyResult(scenario, length, counts)


def run_seeded(simulation: QueueSimulation) -> SimulationCounts:
    """Run a simulation; `compute_backoff_s` uses the module's own random numbers."""
    random.seed(simulation.seed)
    return simulation.run()


def create_regions(scenario: Scenario, seed: int) -> dict[str, SimulatedRegion]:
    """The regions of a scenario with their real quotas."""
    return {
        name: SimulatedRegion(quota, random.Random(seed * 77 + number))
        for number, (name, quota) in enumerate(scenario.real.items())
    }


EQUAL, SKEWED, SMALL = {"a": 50.0, "b": 50.0}, {"a": 50.0, "b": 25.0, "c": 5.0}, dict.fromkeys("abcd", 5.0)
THREE = {"a": 50.0, "b": 50.0, "c": 50.0}
HALVED: dict[str, QuotaOverTime] = {"a": lambda at: 50 if at < 90 else 25, "b": lambda _: 50}
SCENARIOS = [
    *(Scenario("50/50", load, EQUAL, keep_constant(**EQUAL)) for load in (0.5, 0.8, 1.0, 1.2, 1.5)),
    *(Scenario("50/25/5, even weights", load, SKEWED, keep_constant(**SKEWED)) for load in (0.8, 1.0)),
    Scenario("50/50, one halved at 90 s", 1.0, EQUAL, HALVED),
    *(Scenario("one of three down", load, THREE, keep_constant(a=50, b=50, c=0)) for load in (0.9, 1.2)),
    Scenario("four of 5", 0.9, SMALL, keep_constant(**SMALL)),
]
