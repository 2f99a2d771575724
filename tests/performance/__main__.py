"""
The benchmarks: lists them, or runs them one after the other.

    python -m tests.performance [--smallest | --bench | --soak] [PROGRAM …]

The smallest form of a program takes seconds and has no figures: it shows that the program still runs and prints its
rows. Those that need a deployed stack share one. `--bench` measures, `--soak` are the programs that run for long.
"""

import subprocess
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Literal

from rekbridge.support.errors import OperatorError

from tests.performance.load import stacks


@dataclass(frozen=True)
class Program:
    """A benchmark: `rows` are in its output in every form; `target` is the make target of its long form."""

    name: str
    measures: str
    rows: tuple[str, ...]
    target: Literal["bench", "soak", "loadtest"] = "bench"
    needs_stack: bool = False

    @property
    def command(self) -> list[str]:
        """The command of the long form."""
        return [sys.executable, "-m", f"tests.performance.{self.name}"]


PROGRAMS = (
    Program("cold_start", "instructions from process start to the first message", ("analyze", "ingest", "both call")),
    Program("warm_cpu", "processor time per image", ("rekbridge, outside botocore", "all of ANALYZE")),
    Program(
        "image_preparation",
        "CPU and memory of image preparation",
        (
            "JPEG (4:2:0)",
            "BMP, in its size",
            "TIFF",
            "PNG, in its size",
            "WebP",
            "PNG put together anew",
            "hashing photo.bmp",
        ),
    ),
    Program(
        "decoder_process",
        "the decoder process beside decoding in the worker",
        ("WebP of 0.02 MP", "PNG of 2 MP", "BMP of 12 MP", "start of the process"),
    ),
    Program(
        "vision",
        "the local Rekognition's analysis, beside an earlier one",
        ("decoding alone", "DetectLabels without Text", "DetectFaces ALL", "CompareFaces", "DetectText", "RSS in MB"),
    ),
    Program(
        "limiter_simulation",
        "rate limiter and region choice in virtual time",
        ("50/50 ", "50/25/5", "one halved", "one of three down", "four of 5"),
    ),
    Program(
        "quota_shares",
        "what uploads and API get of one quota, in virtual time",
        ("50/50 ", "50/25/5", "one halved", "one of three down", "two callers, each with its limit"),
    ),
    Program(
        "upload_to_result",
        "time from an upload to its result row",
        ("baseline: upload to row", "upload to image row", "bytes: upload to row", "staged: upload to row"),
        needs_stack=True,
    ),
    Program(
        "load",
        "a deployed stack under load",
        ("uploads", "requests"),
        target="loadtest",
        needs_stack=True,
    ),
    Program(
        "evidence_sealing",
        "sealing and verifying a million events",
        ("baseline: SHA-256", "sealing", "verifying", "limit 60"),
    ),
    Program(
        "image_fuzzing",
        "200,000 damaged images: outcomes, bugs, worst cost",
        ("avif", "bmp", "gif", "heic", "jpeg", "png", "tiff", "webp", "0 bugs"),
        target="soak",
    ),
    Program(
        "residency_mutations",
        "changed variables that the data-flow document shows",
        ("region", "transfer", "retention", "0 invisible"),
        target="soak",
    ),
    Program(
        "evidence_tampering",
        "1,000 tamperings with evidence, and the verifier",
        ("found", "0 not found", "0 false alarms"),
        target="soak",
    ),
    Program(
        "two_regions",
        "two regions above their quota",
        ("every image done once", "throttles ≤", "eu-central-1 within", "eu-west-1 within"),
        target="soak",
        needs_stack=True,
    ),
    Program(
        "bucket_emptying",
        "emptying a bucket of 10,000 objects",
        ("baseline: one by one", "ministack"),
        target="soak",
        needs_stack=True,
    ),
    Program(
        "load.comparison",
        "highest rate without throttles, beside AWS's article",
        ("article", "rekbridge", "5 + 5"),
        target="soak",
        needs_stack=True,
    ),
)
# A smallest form that takes longer has a bug, or waits for something that does not come.
SMALLEST_TIMEOUT_S = 300


def main() -> None:
    """List the programs or run them; the exit code is 1 when one fails."""
    parser = ArgumentParser(
        "python -m tests.performance", description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--smallest", action="store_true", help="run the smallest forms")
    form.add_argument("--bench", action="store_true", help="run the benchmarks of minutes")
    form.add_argument("--soak", action="store_true", help="run the benchmarks of half an hour")
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help="only these")
    options = parser.parse_args()
    if unknown := set(options.programs) - {program.name for program in PROGRAMS}:
        parser.error(f"there is no program {', '.join(sorted(unknown))}; python -m tests.performance lists them")
    programs = [program for program in PROGRAMS if program.name in options.programs or not options.programs]
    if options.smallest:
        sys.exit(0 if run_smallest_forms(programs) else 1)
    elif options.bench or options.soak:
        target = "bench" if options.bench else "soak"
        sys.exit(0 if run_long_forms([program for program in programs if program.target == target]) else 1)
    for program in programs:
        print(f"{program.name:20}{program.measures:55}make {program.target}")


def run_smallest_forms(programs: list[Program]) -> bool:
    """Run the smallest form of each program and print one line for each; returns whether all ran."""
    started_at = time.monotonic()
    with_stack = [program for program in programs if program.needs_stack]
    # Terraform mostly waits while it deploys: the programs without a stack run meanwhile.
    with ThreadPoolExecutor(max_workers=1) as pool:
        without_stack = [pool.submit(run_smallest_form, program) for program in programs if not program.needs_stack]
        outcomes = run_on_shared_stack(with_stack, without_stack) if with_stack else []
    outcomes += [outcome.result() for outcome in without_stack]
    print(f"{sum(outcomes)} of {len(programs)} smallest forms ran in {time.monotonic() - started_at:.0f} s")
    return all(outcomes)


def run_on_shared_stack(programs: list[Program], run_before: Iterable[Future[bool]]) -> list[bool]:
    """Deploy the stack of the smallest forms, wait for other programs, then run those that need the stack."""
    started_at = time.monotonic()
    try:
        with stacks.deploy_private(stacks.SMALLEST_VARIABLES) as stack:
            print(f"OK      {'(shared stack deployed)':25}{time.monotonic() - started_at:6.1f} s", flush=True)
            wait(run_before)
            return [run_smallest_form(program, "--stack", str(stack.cloud.folder)) for program in programs]
    except OperatorError as error:
        print(f"FAILED  the shared stack: {error}\n{error.next_step}", flush=True)
        return [False]


def run_smallest_form(program: Program, *options: str) -> bool:
    """Run the smallest form of one program; prints its output if it fails or lacks a row."""
    started_at = time.monotonic()
    try:
        process = subprocess.run(
            [*program.command, "--smallest", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SMALLEST_TIMEOUT_S,
            check=False,
        )
        output, problem = process.stdout, find_problem(program, process.returncode, process.stdout)
    except subprocess.TimeoutExpired as error:
        # Python gives bytes here although the output is text.
        output = error.stdout.decode() if isinstance(error.stdout, bytes) else error.stdout or ""
        problem = f"not finished after {SMALLEST_TIMEOUT_S} s"
    print(f"{'FAILED' if problem else 'OK':8}{program.name:25}{time.monotonic() - started_at:6.1f} s", flush=True)
    if problem:
        print(f"{problem}\n{' '.join(program.command[1:])} --smallest\n{output}", flush=True)
    return not problem


def find_problem(program: Program, exit_code: int, output: str) -> str:
    """What is wrong with a run of a program; empty if nothing is. Figures are not judged."""
    if exit_code:
        return f"exit code {exit_code}"
    missing = [row for row in program.rows if row not in output]
    return f"these rows are missing: {', '.join(missing)}" if missing else ""


def run_long_forms(programs: list[Program]) -> bool:
    """Run the long form of each program, with its output on the terminal; returns whether all succeeded."""
    outcomes = []
    for program in programs:
        print(f"\n{program.name}: {program.measures}", flush=True)
        outcomes.append(subprocess.run(program.command, check=False).returncode == 0)
    return all(outcomes)


if __name__ == "__main__":
    main()
