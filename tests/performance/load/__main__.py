"""
Put a deployed stack under load and print what its senders and Rekognition saw.

    make loadtest [ENTRY=requests] [RATE=5] [SECONDS=60] [STACK=local|private|my.tfvars] [UI=1] [PLOT=file.png]
"""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from math import inf
from pathlib import Path

from rekbridge.support import paths
from rekbridge.support.errors import OperatorError

from tests.performance.load import run, stacks
from tests.performance.load.plot import draw_run
from tests.performance.load.report import print_runs
from tests.performance.load.summary import LoadSummary

# How an image enters the stack, and the locust users that send it.
ENTRIES = {"uploads": run.UPLOADS, "requests": run.REQUESTS}
UI_PORT = 8089
SMALLEST_RATE, SMALLEST_S = 2, 3


def parse_positive(text: str) -> float:
    """A number above 0. Raises ArgumentTypeError for anything else."""
    if not 0 < (number := float(text)) < inf:
        raise ArgumentTypeError(f"{text} is not above 0")
    return number


def build_parser() -> ArgumentParser:
    """The command's options."""
    parser = ArgumentParser("python -m tests.performance.load", description="Put a deployed stack under load.")
    parser.add_argument(
        "--stack",
        default="local",
        help="local, private, the folder of a running cloud, or the tfvars of an account's stack (default: local)",
    )
    parser.add_argument(
        "--entry", choices=ENTRIES, default="uploads", help="uploads to the media bucket, or requests to POST /analyze"
    )
    parser.add_argument("--operation", default="faces", help="the operation of requests (default: faces)")
    parser.add_argument("--rate", type=parse_positive, default=2, help="images a second (default: 2)")
    parser.add_argument("--seconds", type=parse_positive, default=60, help="duration (default: 60)")
    parser.add_argument("--ui", type=int, nargs="?", const=UI_PORT, help=f"locust's web UI on this port ({UI_PORT})")
    parser.add_argument("--plot", type=Path, default=paths.get_home() / "loadtest.png", help="the PNG of the plot")
    parser.add_argument("--smallest", action="store_true", help=f"both entries, {SMALLEST_S} seconds each")
    return parser


def main() -> None:
    """Run the load test, or its smallest form."""
    options = build_parser().parse_args()
    try:
        with stacks.open_target(options.stack) as target:
            if options.smallest:
                run_smallest(target, options.plot)
                return
            profile = run.LoadProfile(
                ENTRIES[options.entry], options.rate, options.seconds, f"/analyze/{options.operation}"
            )
            load_run = run.run_with_web_ui(target, profile, options.ui) if options.ui else run.run_load(target, profile)
    except OperatorError as error:
        sys.exit(f"{error}\n{error.next_step}")
    title = f"{options.entry} at {options.rate:g} a second for {options.seconds:g} s"
    print_runs({options.entry: LoadSummary(load_run)}, title)
    draw_run(load_run, options.plot, title)
    print(f"Plot: {options.plot}")


def run_smallest(target: stacks.LoadTarget, plot: Path) -> None:
    """A few images by each entry: shows that the load test works, no figures."""
    runs = {
        name: run.run_load(target, run.LoadProfile(user, SMALLEST_RATE, SMALLEST_S)) for name, user in ENTRIES.items()
    }
    title = f"smallest form: {SMALLEST_RATE} a second for {SMALLEST_S} s"
    print_runs({name: LoadSummary(load_run) for name, load_run in runs.items()}, title)
    for load_run in runs.values():
        draw_run(load_run, plot, title)


if __name__ == "__main__":
    main()
