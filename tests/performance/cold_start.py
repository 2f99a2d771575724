"""Instructions from process start to the first message processed; run: python -m tests.performance.cold_start.

Each Lambda is its real zip, unpacked, in a bare interpreter, and processes a message that is new to it. The baseline
makes the same AWS calls with boto3 as pip installs it, compiled too, and default clients (_boto3_*.py beside this
file). Both use TLS and AWS's host names, which resolve to moto here. Counted is everything that the process executes in
user space: by perf where the processor's counters can be read, else by valgrind; two runs differ by about one percent.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path

import boto3
from moto import mock_aws
from rekbridge.packaging import build, compiling

from tests.builders import HOME, REMOTE
from tests.contract.cloud import Cloud
from tests.performance._aws_over_tls import TlsAwsServer, serve_moto
from tests.performance._lambda_process import run_handler, trust_server, unpack_zip
from tests.performance._moto_deployment import MotoDeployment

# How much of its baseline each Lambda may take.
GOALS = {"analyze": 0.50, "ingest": 0.60}
BASELINE_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3")
PERF = ["perf", "stat", "-x,", "-e", "instructions:u"]
VALGRIND = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
# The smallest form counts processor time, which needs no tool and takes seconds, and is noisy.
NO_COUNTER: list[str] = []


def main() -> None:
    """Package, count and print the table."""
    parser = ArgumentParser("python -m tests.performance.cold_start", description=__doc__.splitlines()[0])
    parser.add_argument("--smallest", action="store_true", help="processor time instead of instructions: seconds")
    counter = NO_COUNTER if parser.parse_args().smallest else find_counter()
    architecture = build.get_host_architecture()
    packages = build.get_package_folder(architecture)
    sizes = {package.name: package for package in build.build_packages(architecture, packages)}
    with tempfile.TemporaryDirectory() as name, mock_aws():
        folder = Path(name)
        with serve_moto(folder, HOME, REMOTE) as aws:
            install_baseline(folder / "boto3", aws)
            print(f"A cold start and one message, in {describe_unit(counter)}")
            print("baseline: boto3 as pip installs it, default clients; rekbridge: the deployed zip")
            print(
                f"{'':10}{'baseline':>10}{'rekbridge':>11}{'ratio':>8}{'goal':>7}{'zip MB':>9}{'unzipped':>10}  calls"
            )
            for lambda_name, goal in GOALS.items():
                unpack_zip(packages / f"{lambda_name}.zip", folder / lambda_name, aws)
                baseline, baseline_calls = count_cold_start(
                    folder / "boto3", f"_boto3_{lambda_name}", lambda_name, aws, counter
                )
                figure, calls = count_cold_start(
                    folder / lambda_name, f"rekbridge_lambda.entrypoints.{lambda_name}", lambda_name, aws, counter
                )
                check_same_calls(lambda_name, baseline_calls, calls)
                package = sizes[lambda_name]
                print(
                    f"{lambda_name:10}{baseline:10.0f}{figure:11.0f}{figure / baseline:8.3f}{goal:7.2f}"
                    f"{package.zip_bytes / 1e6:9.2f}{package.unzipped_bytes / 1e6:10.1f}  {calls.total()}",
                    flush=True,
                )
                print(f"{'':10}both call: {describe_calls(calls)}", flush=True)


def install_baseline(folder: Path, aws: TlsAwsServer) -> None:
    """Install boto3 with its dependencies, untrimmed and compiled, and the two baseline handlers."""
    installed = Path(boto3.__file__).parents[1]
    for name in BASELINE_PACKAGES:
        shutil.copytree(installed / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (installed / "six.py", *(Path(__file__).with_name(f"_boto3_{name}.py") for name in GOALS)):
        shutil.copy(file, folder)
    compiling.compile_all(folder, [source.relative_to(folder).as_posix() for source in folder.rglob("*.py")], folder)
    trust_server(folder, aws)


def find_counter() -> list[str]:
    """The command that counts instructions on this machine. Exits when there is none."""
    if shutil.which("perf"):
        probe = subprocess.run([*PERF, "true"], capture_output=True, text=True, check=False)
        if probe.returncode == 0 and "not supported" not in probe.stderr:
            return PERF
    if not shutil.which(VALGRIND[0]):
        sys.exit(
            "No program can count instructions on this machine. "
            "Let perf read the processor's counters, or install valgrind; or run the smallest form: --smallest"
        )
    return VALGRIND


def describe_unit(counter: list[str]) -> str:
    """The unit of the figures."""
    if counter is NO_COUNTER:
        return "milliseconds of the processor (smallest form: one start each, noisy)"
    return f"millions of instructions in user space, counted by {counter[0]}"


def count_cold_start(
    folder: Path, module: str, lambda_name: str, aws: TlsAwsServer, counter: list[str]
) -> tuple[float, Counter[str]]:
    """The figure of a process that starts and processes one message, and the AWS calls that it made."""
    deployment = MotoDeployment(Cloud())
    event = deployment.make_event(lambda_name)
    aws.calls.clear()
    before = read_children_cpu_ms()
    output = run_handler(folder, module, [event], deployment.environment, aws, counter).stderr
    figure = (
        read_children_cpu_ms() - before if counter is NO_COUNTER else parse_instructions(output, counter) / 1_000_000
    )
    return figure, Counter(aws.calls)


def read_children_cpu_ms() -> float:
    """Processor time in user space of all child processes that have ended, in milliseconds."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime * 1000


def parse_instructions(output: str, counter: list[str]) -> int:
    """The instructions in a counter's output."""
    [line] = [line for line in output.splitlines() if "instructions" in line or "I   refs" in line]
    return int(line.partition(",")[0] if counter is PERF else line.rpartition(":")[2].replace(",", ""))


def check_same_calls(lambda_name: str, baseline_calls: Counter[str], calls: Counter[str]) -> None:
    """Exit when the two sides make different AWS calls, because their figures could then not be compared."""
    if baseline_calls != calls:
        sys.exit(
            f"{lambda_name}: baseline and Lambda do not make the same AWS calls. "
            f"Only the baseline: {describe_calls(baseline_calls - calls)}. "
            f"Only the Lambda: {describe_calls(calls - baseline_calls)}. "
            f"Change tests/performance/_boto3_{lambda_name}.py so that it makes the Lambda's calls."
        )


def describe_calls(calls: Counter[str]) -> str:
    """Calls with their numbers, as text."""
    return ", ".join(f"{number} x {call}" if number > 1 else call for call, number in calls.items()) or "none"


if __name__ == "__main__":
    main()
