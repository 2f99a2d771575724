"""
Placement and pace in virtual time: the production code over the store's contract-tested fake, beside the usual way:
a region drawn by weight in each invocation, botocore's own retries, up to 1,000 workers, three deliveries.

    python -m tests.performance.placement [--plot docs/placement.png]
"""

import random
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import mean, quantiles

from rekbridge_lambda.domain.operations import Allowance
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.builders import planned
from tests.fakes import FakePaceStore
from tests.performance._strategies import ours, usual
from tests.performance._world import Region, Simulation, Tally

SECONDS = 360
SEEDS = (1, 2, 3)
# modules/home: quota x latency, and a quarter more.
LATENCY_S = 0.42 * 1.25

type Quota = Callable[[float], float]


@dataclass(frozen=True)
class Scenario:
    """Regions with what is believed of them and what is true; load is of what is true at first."""

    name: str
    load: float
    believed: dict[str, float]
    true: dict[str, Quota]

    @property
    def live(self) -> float:
        """Calls a second that the regions took, in the mean of the time that counts."""
        return mean(sum(quota(at + 0.5) for quota in self.true.values()) for at in range(60, SECONDS))

    @property
    def rate(self) -> float:
        """Uploads a second."""
        return self.load * sum(quota(0) for quota in self.true.values())


def steady(**quotas: float) -> dict[str, Quota]:
    return {name: lambda _, quota=quota: quota for name, quota in quotas.items()}  # type: ignore[misc]


@dataclass(frozen=True)
class Row:
    """Figures of one strategy in one scenario, the mean or the worst of the seeds."""

    scenario: Scenario
    tallies: list[Tally]

    @property
    def goodput(self) -> float:
        most = [min(tally.offered / (SECONDS - 60), self.scenario.live) for tally in self.tallies]
        return mean(tally.done / (SECONDS - 60) / most for tally, most in zip(self.tallies, most, strict=True))

    def per_done(self, name: str) -> float:
        return mean(float(getattr(tally, name)) / max(1, tally.done) for tally in self.tallies)

    def per_offered(self, name: str) -> float:
        return mean(float(getattr(tally, name)) / tally.offered for tally in self.tallies)

    @property
    def lost(self) -> int:
        return sum(tally.lost for tally in self.tallies)

    @property
    def p99(self) -> float:
        return mean(quantiles(tally.waits, n=100)[98] for tally in self.tallies)


def ran(scenario: Scenario, product: bool) -> Row:
    """One strategy through a scenario, once a seed."""
    tallies = []
    for seed in SEEDS:
        random.seed(seed)
        regions = {
            name: Region(quota, random.Random(seed * 77 + n)) for n, (name, quota) in enumerate(scenario.true.items())
        }
        if product:
            plan = planned("faces")
            plan.regions.clear()
            plan.regions.update({name: Allowance(tps) for name, tps in scenario.believed.items()})
            make, workers, life = ours(plan, FakePaceStore()), ceil(LATENCY_S * sum(scenario.believed.values())), 1000
        else:
            make, workers, life = usual(dict.fromkeys(scenario.believed, 1.0)), 1000, 3
        tallies.append(Simulation(make, workers, scenario.rate, SECONDS, seed, regions, life).run())
    return Row(scenario, tallies)


EQUAL, SKEWED, SMALL = {"a": 50.0, "b": 50.0}, {"a": 50.0, "b": 25.0, "c": 5.0}, dict.fromkeys("abcd", 5.0)
THREE = {"a": 50.0, "b": 50.0, "c": 50.0}
HALVED: dict[str, Quota] = {"a": lambda at: 50 if at < 90 else 25, "b": lambda _: 50}
SCENARIOS = [
    *(Scenario("50/50", load, EQUAL, steady(**EQUAL)) for load in (0.5, 0.8, 1.0, 1.2, 1.5)),
    *(Scenario("50/25/5, even weights", load, SKEWED, steady(**SKEWED)) for load in (0.8, 1.0)),
    Scenario("50/50, one halved at 90 s", 1.0, EQUAL, HALVED),
    *(Scenario("one of three dead", load, THREE, steady(a=50, b=50, c=0)) for load in (0.9, 1.2)),
    Scenario("four of 5", 0.9, SMALL, steady(**SMALL)),
]


def unmet(us: Row, them: Row) -> list[str]:
    """The goals that this row misses."""
    halved, dead = "halved" in us.scenario.name, "dead" in us.scenario.name
    goals = {
        "goodput ≥ 0.995": us.goodput >= 0.995,
        "none lost": us.lost == 0,
        "throttles ≤ 0.001 (0.02 halved)": us.per_done("throttles") <= (0.02 if halved else 0.001),
        "errors ≤ 0.02": us.per_done("errors") <= (0.02 if dead else 0),
        "≤ 2 steps at two regions, 4 at more": us.per_done("steps") <= (2 if len(us.scenario.believed) == 2 else 4),
    }
    if us.scenario.name == "50/50" and us.scenario.load == 1.0:
        goals["p99 ≤ 3 s"] = us.p99 <= 3
    if us.scenario.name == "50/50" and us.scenario.load == 1.2:
        goals["worker seconds ≤ 0.2 ×"] = us.per_done("busy_s") <= 0.2 * them.per_done("busy_s")
    return [name for name, met in goals.items() if not met]


def plot(rows: list[tuple[Row, Row]], into: Path) -> None:
    """What is lost, throttled and paid over the load, at 50/50."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    equal = [(us, them) for us, them in rows if us.scenario.name == "50/50"]
    loads = [us.scenario.load for us, _ in equal]
    figure, axes = pyplot.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    drawn: dict[str, Callable[[Row], float]] = {
        "dead-lettered, of the images offered": lambda row: row.per_offered("lost"),
        "throttled calls an answer": lambda row: row.per_done("throttles"),
        "worker seconds an answer": lambda row: row.per_done("busy_s"),
    }
    for axis, (title, figure_of) in zip(axes, drawn.items(), strict=True):
        axis.plot(loads, [figure_of(us) for us, _ in equal], "o-", label="rekbridge")
        axis.plot(loads, [figure_of(them) for _, them in equal], "s--", label="random weights, retries")
        axis.set(title=title, xlabel="load: offered ÷ quota", ylim=(0, None))
        axis.grid(alpha=0.3)
    axes[0].legend()
    figure.savefig(into, dpi=110)


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--plot", type=Path, help="draw it into this PNG too")
    asked = parser.parse_args()
    table = Table(
        box=SIMPLE_HEAD,
        title=f"Placement in virtual time: {SECONDS} s, seeds {SEEDS}; rekbridge | random weights and retries",
    )
    for column in (
        "regions",
        "load",
        "goodput",
        "lost",
        "throttles/ok",
        "errors/ok",
        "p99 added s",
        "worker s/ok",
        "steps/ok",
        "goals",
    ):
        table.add_column(column, justify="left" if column in {"regions", "goals"} else "right")
    rows = []
    for scenario in SCENARIOS:
        us, them = ran(scenario, True), ran(scenario, False)
        rows.append((us, them))
        both = [
            f"{us.goodput:.4f} | {them.goodput:.3f}",
            f"{us.lost} | {them.lost}",
            *(f"{us.per_done(name):.4f} | {them.per_done(name):.3f}" for name in ("throttles", "errors")),
            f"{us.p99:.2f} | {them.p99:.1f}",
            f"{us.per_done('busy_s'):.2f} | {them.per_done('busy_s'):.2f}",
            f"{us.per_done('steps'):.2f}",
        ]
        table.add_row(scenario.name, str(scenario.load), *both, ", ".join(unmet(us, them)) or "met")
    Console(width=170).print(table)
    if asked.plot:
        plot(rows, asked.plot)


if __name__ == "__main__":
    main()
