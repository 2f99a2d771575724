"""Seals and verifies a million events: seconds and memory, beside hashing the same bytes.

Run: python -m tests.performance.evidence_sealing. Each step is a process of its own, so that its memory is its own. The
baseline of the time is SHA-256 over the sealed files; that of the memory is the same step with a tenth of the events.
"""

import re
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from tests.evidence_command import run_verifier
from tests.evidence_folders import START, EvidenceFolder, create_events

EVENTS, SMALLEST_EVENTS = 1_000_000, 2_000
RECORDS_OF_SEGMENT = 10_000
MAX_S = 60
# Of the memory of a process with a tenth of the events, which is Python's own.
MAX_GROWTH = 1.25


@dataclass(frozen=True)
class StepCost:
    """Seconds of processor and wall clock, and the highest memory."""

    cpu_s: float
    wall_s: float
    memory_mb: float


def seal_events(path: Path, events: int) -> None:
    """Events to lines, segments of 10,000 and a signed checkpoint for each."""
    folder = EvidenceFolder(path)
    for first in range(0, events, RECORDS_OF_SEGMENT):
        folder.seal_records(min(RECORDS_OF_SEGMENT, events - first))


def create_only(_: Path, events: int) -> None:
    """The synthetic events alone, which are no part of sealing."""
    for _event in create_events(0, events, START):
        pass


def verify_copy(path: Path, _: int) -> None:
    """What an auditor runs."""
    fingerprint = file_digest((path / "public-key.der").open("rb"), "sha256").hexdigest()
    run = run_verifier(path, "--until", "2023-11-14", "--fingerprint", fingerprint)
    if run.exit_code:
        sys.exit(run.report)


def hash_files(path: Path, _: int) -> None:
    """The baseline: SHA-256 of every segment."""
    for file in (path / "segments").rglob("*.jsonl"):
        with file.open("rb") as opened:
            file_digest(opened, "sha256")


STEPS: dict[str, Callable[[Path, int], None]] = {
    "seal": seal_events,
    "create": create_only,
    "verify": verify_copy,
    "hash": hash_files,
}


def run_step(step: str, path: Path, events: int) -> StepCost:
    """Run a step in a process of its own. Raises CalledProcessError if it fails."""
    started_at = time.monotonic()
    command = [sys.executable, "-m", "tests.performance.evidence_sealing", "--events", str(events)]
    process = subprocess.run(
        [*command, "--step", step, "--folder", str(path)], stdout=subprocess.PIPE, text=True, check=True
    )
    cpu_s, memory_mb = map(float, process.stdout.split())
    return StepCost(cpu_s, time.monotonic() - started_at, memory_mb)


def run_in_this_process(step: str, path: Path, events: int) -> None:
    """One step; prints its seconds of processor and its highest memory in MB."""
    before = time.process_time()
    STEPS[step](path, events)
    cpu_s = time.process_time() - before
    [peak_kb] = re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    print(cpu_s, int(peak_kb) / 1024)


def main() -> None:
    """Seal, verify and hash, and print the cost of each; the exit code is 1 beyond a minute, or if the memory grows."""
    parser = ArgumentParser("python -m tests.performance.evidence_sealing", description=__doc__.splitlines()[0])
    parser.add_argument("--smallest", action="store_true", help=f"{SMALLEST_EVENTS} events")
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--step", choices=STEPS, help="only this step, in this process")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.step:
        run_in_this_process(options.step, options.folder, options.events)
        return
    events = SMALLEST_EVENTS if options.smallest else options.events
    costs: dict[int, dict[str, StepCost]] = {}
    for count in (events // 10, events):
        with tempfile.TemporaryDirectory(prefix="rekbridge-evidence-") as folder:
            costs[count] = {step: run_step(step, Path(folder), count) for step in STEPS}
    whole, tenth = costs[events], costs[events // 10]
    growth = {step: whole[step].memory_mb / tenth[step].memory_mb for step in STEPS}
    print(f"{events:,} events in segments of {RECORDS_OF_SEGMENT:,}")
    for step, name in (("hash", "baseline: SHA-256"), ("seal", "sealing"), ("verify", "verifying")):
        cost, ratio = whole[step], whole[step].cpu_s / max(whole["hash"].cpu_s, 0.001)
        memory = f"{cost.memory_mb:6.1f} MB, {growth[step]:.2f} × that of a tenth"
        print(f"{name:20}{cost.cpu_s:8.2f} s of processor ({ratio:5.1f} ×), {cost.wall_s:6.1f} s; {memory}")
    print(f"of sealing, {whole['create'].cpu_s:.2f} s of processor make the synthetic events")
    total_s = whole["seal"].cpu_s - whole["create"].cpu_s + whole["verify"].cpu_s
    has_grown = max(growth["seal"], growth["verify"]) > MAX_GROWTH
    print(f"sealing and verifying without that: {total_s:.1f} s of processor, limit {MAX_S} for {EVENTS:,}")
    sys.exit(1 if total_s > MAX_S or has_grown else 0)


if __name__ == "__main__":
    main()
