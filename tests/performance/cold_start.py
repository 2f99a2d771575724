"""Instructions from nothing to the first message done; run: python -m tests.performance.cold_start.

Each Lambda is its real zip, unpacked, in a bare interpreter, and does a message that it has not seen. The baseline is
boto3 as pip installs it, compiled too, with four default clients, making the same calls (_plain_*.py beside this file).
Both speak TLS with AWS's host names, which lead to moto here. Everything that the process executes in user space is
counted, by perf where the processor's counters can be read, else by valgrind; runs differ by about a hundredth.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import boto3
from moto import mock_aws
from rekbridge.packaging import build, compiling

from tests.builders import HOME, REMOTE
from tests.contract.cloud import Cloud
from tests.performance._https import Server, server
from tests.performance._lambdas import invoked, trust, unpacked
from tests.performance._stations import World

# How much of its baseline each may take.
GOALS = {"analyze": 0.50, "ingest": 0.60}
BOTO3 = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3")
PERF = ["perf", "stat", "-x,", "-e", "instructions:u"]
VALGRIND = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]


def main() -> None:
    """Package, count and print the table."""
    with tempfile.TemporaryDirectory() as name, mock_aws():
        folder = Path(name)
        packages = {made.name: made for made in build.build(build.host_architecture(), folder)}
        with server(folder, HOME, REMOTE) as aws:
            baseline(folder / "plain", aws)
            print(f"millions of instructions in user space, counted by {counter()[0]}")
            print(f"{'':10}{'baseline':>10}{'ours':>10}{'ratio':>8}{'goal':>7}{'zip MB':>9}{'unzipped':>10}")
            for station, goal in GOALS.items():
                plain, calls = counted(folder / "plain", f"_plain_{station}", station, aws)
                ours, our_calls = counted(
                    unpacked(folder / station, aws), f"rekbridge_lambda.entrypoints.{station}", station, aws
                )
                assert sorted(calls) == sorted(our_calls), f"not the same calls: {calls} {our_calls}"
                made = packages[station]
                sizes = f"{made.zip_bytes / 1e6:9.2f}{made.unzipped_bytes / 1e6:10.1f}"
                print(f"{station:10}{plain / 1e6:10.0f}{ours / 1e6:10.0f}{ours / plain:8.3f}{goal:7.2f}{sizes}")


def baseline(folder: Path, aws: Server) -> None:
    """boto3 and what it needs, whole and compiled, and its two handlers."""
    installed = Path(boto3.__file__).parents[1]
    for name in BOTO3:
        shutil.copytree(installed / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (installed / "six.py", *(Path(__file__).with_name(f"_plain_{station}.py") for station in GOALS)):
        shutil.copy(file, folder)
    compiling.compile_all(folder, [source.relative_to(folder).as_posix() for source in folder.rglob("*.py")], folder)
    trust(folder, aws)


def counter() -> list[str]:
    """What can count here."""
    if shutil.which("perf"):
        probe = subprocess.run([*PERF, "true"], capture_output=True, text=True, check=False)
        if probe.returncode == 0 and "not supported" not in probe.stderr:
            return PERF
    if not shutil.which(VALGRIND[0]):
        sys.exit("Nothing counts instructions here: let perf read the processor's counters, or install valgrind.")
    return VALGRIND


def counted(folder: Path, module: str, station: str, aws: Server) -> tuple[int, list[str]]:
    """Instructions of the process that does one message, and the calls that it made."""
    world, under = World(Cloud()), counter()
    event = world.event(station)
    del aws.asked[:]
    told = invoked(folder, module, [event], world.environment, aws, under).stderr
    [line] = [line for line in told.splitlines() if "instructions" in line or "I   refs" in line]
    number = line.partition(",")[0] if under is PERF else line.rpartition(":")[2].replace(",", "")
    return int(number), list(aws.asked)


if __name__ == "__main__":
    main()
