"""
Uploads and the REST API at the same quota in virtual time: what each gets, whatever the other demands.

The production code over the store's contract-tested fake. Callers of the API retry as long as API Gateway lets them.

    python -m tests.performance.quota_shares [--plot docs/quota-shares.png]
"""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.performance._limiter_scenarios import EQUAL, HALVED, SKEWED, THREE, Length, Scenario, keep_constant
from tests.performance._shared_quota import TWO_EQUAL, SharedResult, simulate, simulate_callers

FULL = Length(120, 60, (1,))
SMALLEST = Length(12, 2, (1,))
SCENARIOS = (
    TWO_EQUAL,
    Scenario("50/25/5", 0, SKEWED, keep_constant(**SKEWED)),
    Scenario("50/50, one halved at 90 s", 0, EQUAL, HALVED),
    Scenario("one of three down", 0, THREE, keep_constant(a=50, b=50, c=0)),
)
# Demand of uploads and of the API, relative to the quota.
DEMANDS = ((0.3, 0.3), (0.5, 0), (0, 0.5), (0.5, 1.5), (1.5, 0.5), (1.5, 1.5), (1.5, 0), (0, 1.5))
CURVE = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)


def list_missed_goals(result: SharedResult, is_halved: bool) -> list[str]:
    """The goals that a run misses: each class gets its demand or its share, and nothing is left unused."""
    workers, api = result.compute_share(result.workers), result.compute_share(result.api)
    demands = [result.compute_share(counts, "offered") for counts in (result.workers, result.api)]
    goals = {
        "uploads ≥ share": workers >= min(demands[0], 0.5) * 0.99,
        "API ≥ share": api >= min(demands[1], 0.5) * 0.99,
        "all used": workers + api >= min(sum(demands), 1) * 0.99,
        # A quota that was halved half a minute ago is still being learned.
        "throttles ≤ 0.001 (0.06 halved)": result.compute_per_done("throttles") <= (0.06 if is_halved else 0.001),
    }
    return [name for name, is_met in goals.items() if not is_met]


def draw_plot(length: Length, file: Path) -> None:
    """Draw what uploads and API get over the other's demand, each at 1.5 x the quota itself."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(10, 3.8), layout="constrained", sharey=True)
    runs: dict[str, Callable[[float], SharedResult]] = {
        "uploads demand 1.5 × quota": lambda demand: simulate(TWO_EQUAL, 1.5, demand, length),
        "API demands 1.5 × quota": lambda demand: simulate(TWO_EQUAL, demand, 1.5, length),
    }
    for axis, (title, run), other in zip(axes, runs.items(), ("API", "uploads"), strict=True):
        results = [run(demand) for demand in CURVE]
        axis.plot(CURVE, [result.compute_share(result.workers) for result in results], "o-", label="uploads")
        axis.plot(CURVE, [result.compute_share(result.api) for result in results], "s-", label="API")
        axis.axhline(0.5, color="grey", linestyle=":", label="guaranteed")
        axis.set(title=title, xlabel=f"demand of {other} ÷ quota", ylabel="calls done ÷ quota", ylim=(0, 1.05))
        axis.grid(alpha=0.3)
    axes[0].legend()
    figure.savefig(file, dpi=110)


def main() -> None:
    """Simulate every scenario with every pair of demands, and two callers, and print the tables."""
    parser = ArgumentParser("python -m tests.performance.quota_shares", description=__doc__.splitlines()[1])
    parser.add_argument("--plot", type=Path, help="write a plot to this PNG, too")
    parser.add_argument("--smallest", action="store_true", help=f"{SMALLEST.duration_s} virtual seconds: no figures")
    options = parser.parse_args()
    length = SMALLEST if options.smallest else FULL
    title = f"Uploads and API at one quota, half guaranteed to each: {length.duration_s} s, seeds {length.seeds}"
    table = Table(box=SIMPLE_HEAD, title=title)
    for column in ("regions", "demand", "uploads get", "API gets", "p99 s", "throttles/ok", "writes/ok", "goals"):
        table.add_column(column, justify="left" if column in {"regions", "goals"} else "right")
    for scenario in SCENARIOS:
        for uploads, requests in DEMANDS[:6] if scenario is not TWO_EQUAL else DEMANDS:
            result = simulate(scenario, uploads, requests, length)
            missed = ", ".join(list_missed_goals(result, "halved" in scenario.name)) or "met"
            table.add_row(
                scenario.name,
                f"{uploads} + {requests}",
                *(f"{result.compute_share(counts):.3f}" for counts in (result.workers, result.api)),
                " + ".join(f"{result.compute_p99_s(counts):.2f}" for counts in (result.workers, result.api)),
                f"{result.compute_per_done('throttles'):.4f}",
                f"{result.compute_per_done('writes'):.2f}",
                "not judged" if options.smallest else missed,
            )
    console = Console(width=140)
    console.print(table)
    for with_limit in (False, True):
        flood, other = simulate_callers(length, with_limit)
        console.print(
            f"two callers, {'each with its limit' if with_limit else 'without a limit of their own'}: the one at 1.5 x "
            f"quota gets {flood.done / max(1, flood.offered):.3f} of its requests, the one at 0.1 x "
            f"{other.done / max(1, other.offered):.3f}"
        )
    if options.plot:
        draw_plot(length, options.plot)


if __name__ == "__main__":
    main()
