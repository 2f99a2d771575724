"""
The load test of AWS's article, its way beside ours: the highest rate without a throttle that a caller sees, by the REST
API, for one region, two, and more, on the emulator, whose Rekognition refuses what is above each region's quota.

    python -m tests.performance.load.comparison [--plot docs/comparison.png]
"""

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rekbridge.deploy import deployment
from rekbridge.testing import Rekognition, Stack
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.performance.load import run, stacks
from tests.performance.load.figures import Figures
from tests.performance.load.run import Load
from tests.performance.load.seed import Seed

ACTION, HELD_S = "DetectFaces", 30
# Rates that are tried, as parts of all quotas together.
LOADS = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1]
OURS, ARTICLE = "rekbridge", "article"

type Quotas = Mapping[str, float]

CASES: list[Quotas] = [
    {"eu-west-1": 5},
    {"eu-west-1": 5, "eu-central-1": 5},
    {"eu-west-1": 5, "eu-central-1": 2},
    {"eu-west-1": 5, "eu-central-1": 5, "eu-west-2": 5},
    {"eu-west-1": 3, "eu-central-1": 3, "eu-west-2": 3},
]
VARIABLES = {
    "home_region": "eu-west-3",
    "remote_region": "eu-west-1",
    "allowed_regions": ["eu-west-1", "eu-central-1", "eu-west-2"],
    "quotas": {},
}


@dataclass(frozen=True)
class Found:
    """The highest load without a throttle that a caller saw, and what it came to; none where the least was too much."""

    quotas: Quotas
    way: str
    load: float
    figures: Figures | None

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.load * sum(self.quotas.values())

    @property
    def formula(self) -> float:
        """The article's theory for even weights: the region that is exhausted first, times their number."""
        return len(self.quotas) * min(self.quotas.values())


def main() -> None:
    """Deploy, search, print the table."""
    parser = ArgumentParser("python -m tests.performance.load.comparison")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--quotas", nargs="+", default=[told(case) for case in CASES], help="like '5 + 2': only these")
    asked = parser.parse_args()
    found, cases = [], [case for case in CASES if told(case) in asked.quotas]
    with stacks.private(variables(cases[0])) as (stack, rekognition):
        for quotas in cases:
            stack = Stack.apply(stack.cloud, variables(quotas))
            seed = Seed(stack, dict.fromkeys(quotas, 1 / len(quotas)))
            for way, ask in ((ARTICLE, seed.ask), (OURS, "/analyze/faces")):
                found.append(highest(stack, rekognition, quotas, way, ask))
                print(f"{way} over {told(quotas)}: {found[-1].rate:.1f} a second", flush=True)
    show(found)
    if asked.plot:
        plot(found, asked.plot)


def variables(quotas: Quotas) -> dict[str, object]:
    """The stack that calls these regions, and believes these quotas."""
    faces = {"way": "bytes", "regions": sorted(quotas)}
    return (
        deployment.LOCAL
        | VARIABLES
        | {
            "operations": {"faces": faces},
            "quotas": {region: {ACTION: tps} for region, tps in quotas.items()},
        }
    )


def highest(stack: Stack, rekognition: Rekognition, quotas: Quotas, way: str, ask: str) -> Found:
    """Halve the loads until one is left."""
    loaded, whole = stacks.loaded(stack), sum(quotas.values())
    rekognition.clear()
    for region, tps in quotas.items():
        rekognition.quota(region, ACTION, tps)
    # As many Lambdas as it will take, before it counts.
    run.run(loaded, Load(run.REQUESTS, whole, 8, ask))
    best, low, high = Found(quotas, way, 0, None), 0, len(LOADS)
    while low < high:
        middle = (low + high) // 2
        figures = Figures(run.run(loaded, Load(run.REQUESTS, LOADS[middle] * whole, HELD_S, ask)))
        print(
            f"  {way} at {LOADS[middle]:.1f}: {dict(figures.outcomes)}, Rekognition {dict(figures.calls)}", flush=True
        )
        if figures.done == len(figures.ran.sent):
            best, low = Found(quotas, way, LOADS[middle], figures), middle + 1
        else:
            high = middle
    return best


def told(quotas: Quotas) -> str:
    """Like 5 + 2."""
    return " + ".join(f"{tps:g}" for tps in quotas.values())


def show(found: list[Found]) -> None:
    """Print one line for each search."""
    table = Table(title=f"Highest rate without a throttle that a caller sees, for {HELD_S} s", box=SIMPLE_HEAD)
    for column in (
        "quotas, calls/s",
        "way",
        "in theory /s",
        "found /s",
        "of the quotas",
        "p50 ms",
        "p99 ms",
        "throttled calls",
    ):
        table.add_column(column, justify="left" if column in {"quotas, calls/s", "way"} else "right")
    for one in found:
        theory = one.formula if one.way == ARTICLE else sum(one.quotas.values())
        cells = [told(one.quotas), one.way, f"{theory:g}", f"{one.rate:.1f}", f"{one.load:.0%}"]
        if one.figures:
            p50, _, p99 = one.figures.percentiles
            cells += [f"{p50:,.0f}", f"{p99:,.0f}", f"{one.figures.calls['throttled'] / one.figures.calls.total():.1%}"]
        table.add_row(*cells)
    Console(width=120, highlight=False).print(table)


def plot(found: list[Found], into: Path) -> None:
    """Bars side by side, the sum of the quotas as a line over each."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(8, 4), layout="constrained")
    for shift, way in ((-0.2, ARTICLE), (0.2, OURS)):
        rates = [one.rate for one in found if one.way == way]
        axis.bar([place + shift for place in range(len(rates))], rates, 0.4, label=way)
    cases = [one.quotas for one in found if one.way == OURS]
    for place, quotas in enumerate(cases):
        axis.hlines(sum(quotas.values()), place - 0.45, place + 0.45, color="black")
    axis.set_xticks(range(len(cases)), [told(quotas) for quotas in cases])
    axis.set(ylabel="requests a second", xlabel="quotas of the regions (line: their sum)")
    axis.set_title(f"Highest rate without a throttle that a caller sees, for {HELD_S} s")
    axis.legend()
    figure.savefig(into, dpi=110)


if __name__ == "__main__":
    main()
