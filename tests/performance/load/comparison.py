"""
The load test of AWS's article, with Rekbridge beside the article's system: the highest request rate at which no caller
sees a throttle, by the REST API, for one region and more, on the emulator, whose Rekognition enforces the quotas.

    python -m tests.performance.load.comparison [--plot docs/comparison.png]
"""

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rekbridge.deploy import deployment
from rekbridge.testing import LocalRekognition, Stack
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.performance.load import run, stacks
from tests.performance.load.article_api import ArticleApi
from tests.performance.load.run import LoadProfile
from tests.performance.load.samples import THROTTLED
from tests.performance.load.summary import LoadSummary

ACTION = "DetectFaces"
REKBRIDGE, ARTICLE = "rekbridge", "article"

# Calls a second by region.
type RegionTps = Mapping[str, float]

CASES: list[RegionTps] = [
    {"eu-west-1": 5},
    {"eu-west-1": 5, "eu-central-1": 5},
    {"eu-west-1": 5, "eu-central-1": 2},
    {"eu-west-1": 5, "eu-central-1": 5, "eu-west-2": 5},
    {"eu-west-1": 3, "eu-central-1": 3, "eu-west-2": 3},
]
SMALLEST_CASE: RegionTps = dict.fromkeys(stacks.SMALLEST_REGIONS, stacks.SMALLEST_TPS)
VARIABLES = {
    "home_region": "eu-west-3",
    "remote_region": "eu-west-1",
    "allowed_regions": ["eu-west-1", "eu-central-1", "eu-west-2"],
    "quotas": {},
}


@dataclass(frozen=True)
class Search:
    """The loads to try, as parts of the sum of the quotas, load and seconds of the warm-up, and seconds of each try."""

    loads: tuple[float, ...]
    warm_up_load: float
    warm_up_s: int
    try_s: int


FULL = Search((0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1), warm_up_load=1.0, warm_up_s=8, try_s=30)
SMALLEST = Search((0.3,), warm_up_load=0.3, warm_up_s=2, try_s=3)


@dataclass(frozen=True)
class HighestLoad:
    """The highest load at which no caller saw a throttle; `load` is 0, without figures, if every load was too high."""

    quotas: RegionTps
    system: str
    load: float
    summary: LoadSummary | None

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.load * sum(self.quotas.values())

    @property
    def theory(self) -> float:
        """Requests a second in theory: the article's formula for even weights, or the sum of the quotas."""
        return len(self.quotas) * min(self.quotas.values()) if self.system == ARTICLE else sum(self.quotas.values())


def main() -> None:
    """Deploy, search, print the table."""
    parser = ArgumentParser("python -m tests.performance.load.comparison")
    parser.add_argument("--plot", type=Path, help="write a plot to this PNG, too")
    parser.add_argument(
        "--quotas", nargs="+", default=[format_quotas(case) for case in CASES], help="only these cases, like '5 + 2'"
    )
    parser.add_argument("--smallest", action="store_true", help="one case, one load, three seconds: no figures")
    parser.add_argument("--stack", type=Path, help="with --smallest: the folder of a running cloud with its stack")
    options = parser.parse_args()
    if options.smallest:
        with stacks.use_stack(options.stack, stacks.SMALLEST_VARIABLES) as stack:
            results = compare(stack, SMALLEST_CASE, SMALLEST)
        print_results(results, SMALLEST)
        return
    cases, results = [case for case in CASES if format_quotas(case) in options.quotas], []
    with stacks.deploy_private(build_variables(cases[0])) as stack:
        for quotas in cases:
            stack = Stack.apply(stack.cloud, build_variables(quotas))
            results += compare(stack, quotas, FULL)
    print_results(results, FULL)
    if options.plot:
        draw_results(results, FULL, options.plot)


def build_variables(quotas: RegionTps) -> dict[str, object]:
    """The Terraform variables of a stack that calls these regions with these quotas."""
    return (
        deployment.LOCAL_VARIABLES
        | VARIABLES
        | {
            "operations": {"faces": {"transfer": "bytes", "regions": sorted(quotas)}},
            "quotas": {region: {ACTION: tps} for region, tps in quotas.items()},
        }
    )


def compare(stack: Stack, quotas: RegionTps, search: Search) -> list[HighestLoad]:
    """Both systems over the same quotas."""
    article = ArticleApi(stack, dict.fromkeys(quotas, 1 / len(quotas)))
    results = []
    for system, api_path in ((ARTICLE, article.url), (REKBRIDGE, "/analyze/faces")):
        results.append(find_highest_load(stack, quotas, system, api_path, search))
        print(f"{system} with {format_quotas(quotas)}: {results[-1].rate:.1f} a second", flush=True)
    return results


def find_highest_load(stack: Stack, quotas: RegionTps, system: str, api_path: str, search: Search) -> HighestLoad:
    """Find the highest load at which every caller gets a result, by bisection."""
    target, rekognition, total = (
        stacks.create_target(stack),
        LocalRekognition(stack.cloud.control_url),
        sum(quotas.values()),
    )
    rekognition.reset()
    for region, tps in quotas.items():
        rekognition.set_quota(region, ACTION, tps)
    # Lambda environments are started before the first try.
    run.run_load(target, LoadProfile(run.REQUESTS, search.warm_up_load * total, search.warm_up_s, api_path))
    best, low, high = HighestLoad(quotas, system, 0, None), 0, len(search.loads)
    while low < high:
        middle = (low + high) // 2
        load = search.loads[middle]
        summary = LoadSummary(run.run_load(target, LoadProfile(run.REQUESTS, load * total, search.try_s, api_path)))
        print(f"  {system} at {load:.1f}: {dict(summary.outcomes)}, Rekognition {dict(summary.calls)}", flush=True)
        if summary.done_count == len(summary.run.samples):
            best, low = HighestLoad(quotas, system, load, summary), middle + 1
        else:
            high = middle
    return best


def format_quotas(quotas: RegionTps) -> str:
    """Quotas as text, like 5 + 2."""
    return " + ".join(f"{tps:g}" for tps in quotas.values())


def print_results(results: list[HighestLoad], search: Search) -> None:
    """Print one line per case and system."""
    table = Table(title=format_title(search), box=SIMPLE_HEAD)
    for column in (
        "quotas, calls/s",
        "system",
        "in theory /s",
        "found /s",
        "of the quotas",
        "p50 ms",
        "p99 ms",
        "throttled calls",
    ):
        table.add_column(column, justify="left" if column in {"quotas, calls/s", "system"} else "right")
    for result in results:
        cells = [format_quotas(result.quotas), result.system]
        cells += [f"{result.theory:g}", f"{result.rate:.1f}", f"{result.load:.0%}"]
        if result.summary:
            (p50, _, p99), calls = result.summary.percentiles, result.summary.calls
            cells += [f"{p50:,.0f}", f"{p99:,.0f}", f"{calls[THROTTLED] / max(1, calls.total()):.1%}"]
        table.add_row(*cells)
    Console(width=120, highlight=False).print(table)


def draw_results(results: list[HighestLoad], search: Search, file: Path) -> None:
    """Write a plot to a PNG: bars side by side, with the sum of the quotas as a line over each case."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(8, 4), layout="constrained")
    for shift, system in ((-0.2, ARTICLE), (0.2, REKBRIDGE)):
        rates = [result.rate for result in results if result.system == system]
        axis.bar([position + shift for position in range(len(rates))], rates, 0.4, label=system)
    cases = [result.quotas for result in results if result.system == REKBRIDGE]
    for position, quotas in enumerate(cases):
        axis.hlines(sum(quotas.values()), position - 0.45, position + 0.45, color="black")
    axis.set_xticks(range(len(cases)), [format_quotas(quotas) for quotas in cases])
    axis.set(ylabel="requests a second", xlabel="quotas of the regions (line: their sum)")
    axis.set_title(format_title(search))
    axis.legend()
    figure.savefig(file, dpi=110)


def format_title(search: Search) -> str:
    """What the table and the plot show."""
    return f"Highest rate at which no caller sees a throttle, in tries of {search.try_s} s"


if __name__ == "__main__":
    main()
