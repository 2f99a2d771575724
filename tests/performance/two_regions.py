"""
Two regions with a quota of 5 calls a second: uploads at 1.2 times their quota through a deployed stack on the
emulator, whose Rekognition enforces the quota.

    python -m tests.performance.two_regions [--seconds 180] [--plot docs/two-regions.png]
"""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rekbridge.testing import LocalRekognition, RekognitionCall, Stack
from rich.console import Console
from rich.table import Table

from tests.performance.load import run, stacks
from tests.performance.load.plot import draw_run
from tests.performance.load.report import WIDTH, print_runs
from tests.performance.load.run import LoadProfile, LoadRun
from tests.performance.load.samples import DONE, THROTTLED, compute_sending_s
from tests.performance.load.summary import LoadSummary

REGIONS, ACTION, TPS = stacks.SMALLEST_REGIONS, "DetectFaces", stacks.SMALLEST_TPS
# Uploads a second, 1.2 times the quota.
RATE = 1.2 * TPS * len(REGIONS)
# A home without Rekognition; the stack and the local Rekognition have the same quotas.
VARIABLES = stacks.SMALLEST_VARIABLES | {"operations": {"faces": {"transfer": "bytes"}}}
WARM_UP_S, SETTLE_S = 10, 10
MAX_RATE_DEVIATION, MAX_THROTTLED_SHARE = 0.05, 0.01
SMALLEST_RATE, SMALLEST_S, SMALLEST_WARM_UP_S, SMALLEST_SETTLE_S = 4, 3, 2, 1


def main() -> None:
    """Deploy, load, print the tables. The exit code is 1 when a goal is missed; the smallest form has no goals."""
    parser = ArgumentParser("python -m tests.performance.two_regions")
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--plot", type=Path, help="write a plot to this PNG, too")
    parser.add_argument("--smallest", action="store_true", help=f"{SMALLEST_S} seconds, and no goals")
    parser.add_argument("--stack", type=Path, help="with --smallest: the folder of a running cloud with its stack")
    options = parser.parse_args()
    if options.smallest:
        with stacks.use_stack(options.stack, stacks.SMALLEST_VARIABLES) as stack:
            load_run, calls = run_two_regions(stack, SMALLEST_RATE, SMALLEST_S, SMALLEST_WARM_UP_S)
        print_runs({"uploads": LoadSummary(load_run)}, "smallest form: no figures")
        print_goals(load_run, calls, SMALLEST_SETTLE_S, has_verdicts=False)
        return
    with stacks.deploy_private(VARIABLES) as stack:
        load_run, calls = run_two_regions(stack, RATE, options.seconds, WARM_UP_S)
    title = (
        f"{len(REGIONS)} regions of {TPS} {ACTION} a second, "
        f"{load_run.profile.rate:g} uploads a second for {options.seconds:g} s"
    )
    print_runs({"uploads": LoadSummary(load_run)}, title)
    if options.plot:
        draw_run(load_run, options.plot, title)
    sys.exit(0 if print_goals(load_run, calls, SETTLE_S) else 1)


def run_two_regions(
    stack: Stack, rate: float, seconds: float, warm_up_s: float
) -> tuple[LoadRun, list[RekognitionCall]]:
    """Upload at a rate (a second) with both quotas enforced; returns the run and every call in Rekognition's log."""
    target, rekognition = stacks.create_target(stack), LocalRekognition(stack.cloud.control_url)
    # Cold starts are measured by another program.
    run.run_load(target, LoadProfile(run.UPLOADS, rate, warm_up_s))
    rekognition.reset()
    for region in REGIONS:
        rekognition.set_quota(region, ACTION, TPS)
    return run.run_load(target, LoadProfile(run.UPLOADS, rate, seconds)), rekognition.list_calls(ACTION)


def judge_goals(
    load_run: LoadRun, calls: list[RekognitionCall], settle_s: float = SETTLE_S
) -> Iterator[tuple[str, str, bool]]:
    """Each goal, what was reached, and whether that meets it. Rates count from `settle_s` after the first image."""
    answered = Counter(call.sha256 for call in calls if call.answer == "ok")
    done, repeated = LoadSummary(load_run).outcomes[DONE], answered.total() - len(answered)
    is_once = done == len(load_run.samples) == len(answered) and not repeated
    reached = f"{done} of {len(load_run.samples)} done, {len(answered)} analysed, {repeated} analysed twice"
    yield "every image done once", reached, is_once
    share = LoadSummary(load_run).calls[THROTTLED] / max(1, len(calls))
    yield (
        f"throttles ≤ {MAX_THROTTLED_SHARE:.0%} of calls",
        f"{share:.2%} of {len(calls)}",
        share <= MAX_THROTTLED_SHARE,
    )
    first_at = load_run.samples[0].at
    since, until = first_at + settle_s, first_at + compute_sending_s(load_run.samples)
    for region in REGIONS:
        answered_calls = sum(
            call.count
            for call in load_run.calls
            if (call.region, call.outcome) == (region, DONE) and since <= call.at < until
        )
        rate = answered_calls / max(0.001, until - since)
        is_met = abs(rate - TPS) <= MAX_RATE_DEVIATION * TPS
        yield f"{region} within {MAX_RATE_DEVIATION:.0%} of {TPS} a second", f"{rate:.3f}", is_met


def print_goals(load_run: LoadRun, calls: list[RekognitionCall], settle_s: float, has_verdicts: bool = True) -> bool:
    """Print each goal with what was reached; returns whether all are met."""
    table = Table("goal", "reached", "", title="Goals", title_justify="left")
    goals = list(judge_goals(load_run, calls, settle_s))
    for goal, reached, is_met in goals:
        verdict = "met" if is_met else "MISSED"
        table.add_row(goal, reached, verdict if has_verdicts else "not judged")
    Console(width=WIDTH, highlight=False).print(table)
    return all(is_met for _, _, is_met in goals)


if __name__ == "__main__":
    main()
