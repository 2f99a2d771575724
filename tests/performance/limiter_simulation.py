"""
The rate limiter and its region choice in virtual time, beside random regions with retries.

The first is the production code over the store's contract-tested fake. The second draws a region by weight in each
invocation and has botocore's own retries, up to 1,000 workers and three deliveries.

    python -m tests.performance.limiter_simulation [--plot docs/limiter-simulation.png]
"""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.performance._limiter_scenarios import (
    FULL,
    SCENARIOS,
    SMALLEST,
    StrategyResult,
    simulate_random_region,
    simulate_rate_limiter,
)


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
