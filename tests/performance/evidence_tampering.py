"""Random tamperings with evidence, and how many the independent verifier finds.

Run: python -m tests.performance.evidence_tampering. The baseline is the same copy before: it must hold.
"""

import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from random import Random

from tests.evidence_command import format_time, run_verifier
from tests.evidence_folders import write_random_folder
from tests.evidence_tampering import TAMPERINGS

SOAK_COPIES, SMALLEST_COPIES = 1_000, 20


def main() -> None:
    """Verify copies before and after a tampering; the exit code is 1 if one is not found, or on a false alarm."""
    parser = ArgumentParser("python -m tests.performance.evidence_tampering", description=__doc__.splitlines()[0])
    parser.add_argument("--smallest", action="store_true", help=f"{SMALLEST_COPIES} copies")
    parser.add_argument("--seed", type=int, default=12)
    options = parser.parse_args()
    copies = SMALLEST_COPIES if options.smallest else SOAK_COPIES
    random, done, found, false_alarms = Random(options.seed), Counter[str](), Counter[str](), 0
    for _ in range(copies):
        tamper, seed = random.choice(TAMPERINGS), random.getrandbits(32)
        path = Path(tempfile.mkdtemp(prefix="rekbridge-evidence-"))
        try:
            until = format_time(write_random_folder(path, seed).newest_at)
            false_alarms += run_verifier(path, "--until", until).exit_code != 0
            tamper(path, Random(seed))
            done[tamper.__name__] += 1
            found[tamper.__name__] += run_verifier(path, "--until", until).exit_code == 1
        finally:
            shutil.rmtree(path)
    for name in sorted(done):
        print(f"{name.replace('_', ' '):34}{found[name]:>5} of {done[name]} found")
    missed = done.total() - found.total()
    print(f"baseline, the same copies untouched: {false_alarms} false alarms")
    print(f"{copies} tamperings, seed {options.seed}: {missed} not found")
    sys.exit(1 if missed or false_alarms else 0)


if __name__ == "__main__":
    main()
