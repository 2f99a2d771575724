"""
Put a deployed stack under load, and tell what came of it.

    make loadtest [WAY=requests] [RATE=5] [SECONDS=60] [STACK=local|private|my.tfvars] [UI=1] [PLOT=file.png]
"""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from math import inf
from pathlib import Path

from rekbridge.support import paths
from rekbridge.support.errors import OperatorError

from tests.performance.load import run, stacks
from tests.performance.load.figures import Figures
from tests.performance.load.plot import plot
from tests.performance.load.report import show

WAYS = {"uploads": run.UPLOADS, "requests": run.REQUESTS}
UI_PORT = 8089


def above_zero(told: str) -> float:
    """A number of images or seconds."""
    if not 0 < (number := float(told)) < inf:
        raise ArgumentTypeError(f"{told} is not above 0")
    return number


def main() -> None:
    """One run."""
    parser = ArgumentParser("python -m tests.performance.load", description="Put a deployed stack under load.")
    parser.add_argument(
        "--stack", default="local", help="local, private, or the tfvars of an account's (default: local)"
    )
    parser.add_argument("--way", choices=WAYS, default="uploads", help="media bucket to library, or POST /analyze")
    parser.add_argument("--operation", default="faces", help="what requests ask for (default: faces)")
    parser.add_argument("--rate", type=above_zero, default=2, help="images a second (default: 2)")
    parser.add_argument("--seconds", type=above_zero, default=60, help="for how long (default: 60)")
    parser.add_argument("--ui", type=int, nargs="?", const=UI_PORT, help=f"locust's web UI on this port ({UI_PORT})")
    parser.add_argument("--plot", type=Path, default=paths.home() / "loadtest.png", help="the PNG")
    asked = parser.parse_args()
    load = run.Load(WAYS[asked.way], asked.rate, asked.seconds, f"/analyze/{asked.operation}")
    try:
        with stacks.stack(asked.stack) as stack:
            ran = run.watched(stack, load, asked.ui) if asked.ui else run.run(stack, load)
    except OperatorError as error:
        sys.exit(f"{error}\n{error.next_step}")
    title = f"{asked.way} at {asked.rate:g} a second for {asked.seconds:g} s"
    show({asked.way: Figures(ran)}, title)
    plot(ran, asked.plot, title)
    print(f"Drawn: {asked.plot}")


if __name__ == "__main__":
    main()
