"""Our own processor time per analysed image on a warm worker; run: python -m tests.performance.warm_cpu.

ANALYZE's real zip does one message after the other over TLS. What its thread spends outside of botocore's calls, and
outside of reading what they bring, is ours: messages, the plan, pace, ledger rows, results, log lines.
"""

import statistics
import tempfile
from pathlib import Path

from moto import mock_aws
from rekbridge.packaging import build

from tests.builders import HOME, REMOTE
from tests.contract.cloud import Cloud
from tests.performance._https import server
from tests.performance._lambdas import invoked, unpacked
from tests.performance._stations import World

WARM_UP, IMAGES = 50, 300
GOAL_MS = 1.0


def main() -> None:
    """Package, time and print."""
    with tempfile.TemporaryDirectory() as name, mock_aws():
        folder = Path(name)
        build.build(build.host_architecture(), folder)
        with server(folder, HOME, REMOTE) as aws:
            task, world = unpacked(folder / "analyze", aws), World(Cloud())
            events = [world.event("analyze", number) for number in range(WARM_UP + IMAGES)]
            done = invoked(task, "rekbridge_lambda.entrypoints.analyze", events, world.environment, aws)
    took = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("took ")][WARM_UP - 1 :]
    ours = [(int(all_of_it) - int(botocores)) / 1e6 for all_of_it, botocores in took]
    whole = [int(all_of_it) / 1e6 for all_of_it, _ in took]
    print(f"milliseconds of the processor per image, {len(took)} images   p50     p95")
    for name, values in (("ours, outside botocore", ours), ("all of ANALYZE", whole)):
        print(f"{name:51}{statistics.median(values):7.2f}{statistics.quantiles(values, n=20)[-1]:8.2f}")
    print(f"goal: {GOAL_MS} ms of ours")


if __name__ == "__main__":
    main()
