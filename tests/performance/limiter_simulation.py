"""
The rate limiter and its region choice in virtual time, beside random regions with retries.

The first is the production code over the store's contract-tested fake. The second draws a region by weight in each
invocation and has botocore's own retries, up to 1,000 workers and three deliveries.

    python -m tests.performance.limiter_simulation [--plot docs/limiter-simulation.png]
"""

import random
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import mean, quantiles

from rekbridge_lambda.domain.operations import RegionQuota
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

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
        operation = make_operation("faces")
        operation.regions.clear()
        operation.regions.update({name: RegionQuota(tps) for name, tps in scenario.configured.items()})
        simulation = QueueSimulation(
            use_rate_limiter(operation, FakeRateLimitStore()),
            ceil(LATENCY_S * sum(scenario.configured.values())),
            scenario.rate,
            length.duration_s,
            seed,
            create_regions(scenario, seed),
            MAX_DELIVERIES,
            length.warm_up_s,
        )
        counts.append(run_seeded(simulation))
    return StrategyResult(scenario, length, counts)


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


def list_missed_goals(limiter: StrategyResult, retrying: StrategyResult) -> list[str]:
    """The goals that the rate limiter misses in a scenario."""
    scenario = limiter.scenario
    is_halved, is_down = "halved" in scenario.name, "down" in scenario.name
    max_writes = 2 if len(scenario.configured) == 2 else 4
    goals = {
        "goodput ≥ 0.995": limiter.goodput >= 0.995,
        "none dead-lettered": limiter.dead_lettered == 0,
        "throttles ≤ 0.001 (0.02 halved)": limiter.compute_per_done("throttles") <= (0.02 if is_halved else 0.001),
        "errors ≤ 0.02": limiter.compute_per_done("errors") <= (0.02 if is_down else 0),
        "≤ 2 writes at two regions, 4 at more": limiter.compute_per_done("writes") <= max_writes,
    }
    if scenario.name == "50/50" and scenario.load == 1.0:
        goals["p99 ≤ 3 s"] = limiter.p99_s <= 3
    if scenario.name == "50/50" and scenario.load == 1.2:
        goals["worker seconds ≤ 0.2 ×"] = limiter.compute_per_done("busy_s") <= 0.2 * retrying.compute_per_done(
            "busy_s"
        )
    return [name for name, is_met in goals.items() if not is_met]


def draw_plot(results: list[tuple[StrategyResult, StrategyResult]], file: Path) -> None:
    """Draw dead-lettered images, throttles and worker time over the load, with two equal regions."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    equal = [(limiter, retrying) for limiter, retrying in results if limiter.scenario.name == "50/50"]
    loads = [limiter.scenario.load for limiter, _ in equal]
    figure, axes = pyplot.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    panels: dict[str, Callable[[StrategyResult], float]] = {
        "dead-lettered, of the images offered": lambda result: result.compute_per_offered("dead_lettered"),
        "throttled calls per result": lambda result: result.compute_per_done("throttles"),
        "worker seconds per result": lambda result: result.compute_per_done("busy_s"),
    }
    for axis, (title, get_figure) in zip(axes, panels.items(), strict=True):
        axis.plot(loads, [get_figure(limiter) for limiter, _ in equal], "o-", label="rekbridge")
        axis.plot(loads, [get_figure(retrying) for _, retrying in equal], "s--", label="random region, retries")
        axis.set(title=title, xlabel="load: offered ÷ quota", ylim=(0, None))
        axis.grid(alpha=0.3)
    axes[0].legend()
    figure.savefig(file, dpi=110)


COLUMNS = (
    "regions",
    "load",
    "goodput",
    "dead-lettered",
    "throttles/ok",
    "errors/ok",
    "p99 added s",
    "worker s/ok",
    "writes/ok",
    "goals",
)


def main() -> None:
    """Simulate every scenario with both strategies and print the table."""
    parser = ArgumentParser("python -m tests.performance.limiter_simulation", description=__doc__.splitlines()[1])
    parser.add_argument("--plot", type=Path, help="write a plot to this PNG, too")
    parser.add_argument("--smallest", action="store_true", help=f"{SMALLEST.duration_s} virtual seconds: no figures")
    options = parser.parse_args()
    length = SMALLEST if options.smallest else FULL
    table = Table(
        box=SIMPLE_HEAD,
        title=f"Rate limiter in virtual time: {length.duration_s} s, seeds {length.seeds}; "
        "rekbridge | random region and retries",
    )
    for column in COLUMNS:
        table.add_column(column, justify="left" if column in {"regions", "goals"} else "right")
    results = []
    for scenario in SCENARIOS:
        limiter, retrying = simulate_rate_limiter(scenario, length), simulate_random_region(scenario, length)
        results.append((limiter, retrying))
        cells = [
            f"{limiter.goodput:.4f} | {retrying.goodput:.3f}",
            f"{limiter.dead_lettered} | {retrying.dead_lettered}",
            *(
                f"{limiter.compute_per_done(name):.4f} | {retrying.compute_per_done(name):.3f}"
                for name in ("throttles", "errors")
            ),
            f"{limiter.p99_s:.2f} | {retrying.p99_s:.1f}",
            f"{limiter.compute_per_done('busy_s'):.2f} | {retrying.compute_per_done('busy_s'):.2f}",
            f"{limiter.compute_per_done('writes'):.2f}",
        ]
        missed = ", ".join(list_missed_goals(limiter, retrying)) or "met"
        table.add_row(scenario.name, str(scenario.load), *cells, "not judged" if options.smallest else missed)
    Console(width=170).print(table)
    if options.plot:
        draw_plot(results, options.plot)


if __name__ == "__main__":
    main()
