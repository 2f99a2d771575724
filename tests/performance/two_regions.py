"""
Two regions of 5 calls a second, for real: uploads at 1.2 times their quota through a deployed stack on the emulator,
whose Rekognition refuses what is above.

    python -m tests.performance.two_regions [--seconds 180] [--plot docs/two-regions.png]
"""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rekbridge.testing import Call, Rekognition
from rich.console import Console
from rich.table import Table

from tests.performance.load import run, stacks
from tests.performance.load.figures import Figures
from tests.performance.load.plot import plot
from tests.performance.load.report import WIDTH, show
from tests.performance.load.run import Load, Ran
from tests.performance.load.samples import DONE, sent_for

REGIONS, ACTION, TPS = ("eu-central-1", "eu-west-1"), "DetectFaces", 5
LOAD = 1.2
# The stack of a home without Rekognition, told the same quotas as the local Rekognition.
VARIABLES = {
    "home_region": "eu-west-3",
    "remote_region": "eu-west-1",
    "allowed_regions": REGIONS,
    "operations": {"faces": {"way": "bytes"}},
    "quotas": {region: {ACTION: TPS} for region in REGIONS},
}
WARM_S, OF_QUOTA, THROTTLES = 10, 0.05, 0.01


def main() -> None:
    """Deploy, load, print the tables; the exit code is 1 where a goal is missed."""
    parser = ArgumentParser("python -m tests.performance.two_regions")
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--plot", type=Path)
    asked = parser.parse_args()
    with stacks.private(VARIABLES) as (stack, rekognition):
        loaded, rate = stacks.loaded(stack), LOAD * TPS * len(REGIONS)
        # Cold starts are another figure: docs/performance.md.
        run.run(loaded, Load(run.UPLOADS, rate, 10))
        rekognition.clear()
        limit(rekognition)
        ran = run.run(loaded, Load(run.UPLOADS, rate, asked.seconds))
        calls = rekognition.calls(ACTION)
    title = f"{len(REGIONS)} regions of {TPS} {ACTION} a second, {rate:g} uploads a second for {asked.seconds:g} s"
    show({"uploads": Figures(ran)}, title)
    if asked.plot:
        plot(ran, asked.plot, title)
    table = Table("goal", "reached", "", title="Goals", title_justify="left")
    met = [verdict(table, *goal) for goal in goals(ran, calls)]
    Console(width=WIDTH, highlight=False).print(table)
    sys.exit(0 if all(met) else 1)


def limit(rekognition: Rekognition) -> None:
    """What every region's Rekognition admits from now on."""
    for region in REGIONS:
        rekognition.quota(region, ACTION, TPS)


def goals(ran: Ran, calls: list[Call]) -> Iterator[tuple[str, str, bool]]:
    """Each with what was reached, and whether that is enough."""
    answered = Counter(call.sha256 for call in calls if call.answer == "ok")
    done, twice = Figures(ran).outcomes[DONE], answered.total() - len(answered)
    once = done == len(ran.sent) == len(answered) and not twice
    yield "every image done once", f"{done} of {len(ran.sent)} done, {len(answered)} asked about, {twice} twice", once
    share = Figures(ran).calls["throttled"] / max(1, len(calls))
    yield f"throttles ≤ {THROTTLES:.0%} of calls", f"{share:.2%} of {len(calls)}", share <= THROTTLES
    since, until = ran.sent[0].at + WARM_S, ran.sent[0].at + sent_for(ran.sent)
    for region in REGIONS:
        took = sum(
            seen.count
            for seen in ran.seen
            if (seen.region, seen.outcome) == (region, DONE) and since <= seen.at < until
        )
        rate = took / (until - since)
        yield f"{region} within {OF_QUOTA:.0%} of {TPS} a second", f"{rate:.3f}", abs(rate - TPS) <= OF_QUOTA * TPS


def verdict(table: Table, goal: str, reached: str, met: bool) -> bool:
    """A line of the table."""
    table.add_row(goal, reached, "met" if met else "MISSED")
    return met


if __name__ == "__main__":
    main()
