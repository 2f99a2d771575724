"""The product's own processor time per analysed image on a warm worker; run: python -m tests.performance.warm_cpu.

ANALYZE's real zip processes one message after the other over TLS. Processor time of its thread outside of botocore's
calls, and outside of reading their response bodies, is the product's own: messages, operations, rate limit, claims,
results, log lines.
"""

import statistics
import tempfile
from argparse import ArgumentParser
from pathlib import Path

from moto import mock_aws
from rekbridge.packaging import build

from tests.builders import HOME, REMOTE
from tests.contract.cloud import Cloud
from tests.performance._aws_over_tls import serve_moto
from tests.performance._lambda_process import run_handler, unpack_zip
from tests.performance._moto_deployment import MotoDeployment

WARM_UP, IMAGES = 50, 300
SMALLEST_WARM_UP, SMALLEST_IMAGES = 2, 5
GOAL_MS = 1.0


def main() -> None:
    """Package, measure and print the table."""
    parser = ArgumentParser("python -m tests.performance.warm_cpu", description=__doc__.splitlines()[0])
    parser.add_argument("--smallest", action="store_true", help=f"{SMALLEST_IMAGES} images: seconds, and no figures")
    is_smallest = parser.parse_args().smallest
    warm_up, images = (SMALLEST_WARM_UP, SMALLEST_IMAGES) if is_smallest else (WARM_UP, IMAGES)
    own_ms, total_ms = measure(warm_up, images)
    print(f"milliseconds of the processor per image, {len(total_ms)} images   p50     p95")
    for name, values in (("rekbridge, outside botocore", own_ms), ("all of ANALYZE", total_ms)):
        print(f"{name:51}{statistics.median(values):7.2f}{statistics.quantiles(values, n=20)[-1]:8.2f}")
    print(f"goal: {GOAL_MS} ms outside botocore")


def measure(warm_up: int, images: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each image outside of botocore, and in total."""
    architecture = build.get_host_architecture()
    packages = build.get_package_folder(architecture)
    build.build_packages(architecture, packages)
    with tempfile.TemporaryDirectory() as name, mock_aws():
        folder = Path(name)
        with serve_moto(folder, HOME, REMOTE) as aws:
            task, deployment = unpack_zip(packages / "analyze.zip", folder / "analyze", aws), MotoDeployment(Cloud())
            events = [deployment.make_event("analyze", number) for number in range(warm_up + images)]
            process = run_handler(task, "rekbridge_lambda.entrypoints.analyze", events, deployment.environment, aws)
    # The first message, a cold start, prints nothing.
    lines = [line.split()[1:] for line in process.stdout.splitlines() if line.startswith("took ")][warm_up - 1 :]
    times = [(int(total), int(in_botocore)) for total, in_botocore in lines]
    return [(total - in_botocore) / 1e6 for total, in_botocore in times], [total / 1e6 for total, _ in times]


if __name__ == "__main__":
    main()
