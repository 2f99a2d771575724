"""Damaged images through sniffing and the decoder process, in a table; run: python -m tests.performance.image_fuzzing.

The baseline of the figures is one undamaged image of the same size: a damaged one should cost no more than its budget.
A bug is any outcome but an image or a refusal with a stable reason; files that show one are kept.
"""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from tempfile import mkdtemp

from tests.image_fuzzing import FuzzReport, fuzz_images
from tests.image_mutations import iterate_mutations, list_seeds

SOAK_MUTATIONS, SMALLEST_MUTATIONS = 200_000, 400


def main() -> None:
    """Fuzz and print the table; the exit code is 1 when there is a bug."""
    parser = ArgumentParser("python -m tests.performance.image_fuzzing", description=__doc__.splitlines()[0])
    parser.add_argument("--smallest", action="store_true", help=f"{SMALLEST_MUTATIONS} mutations: seconds")
    parser.add_argument("--mutations", type=int, default=SOAK_MUTATIONS)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end after this time, with what was done")
    parser.add_argument("--seed", type=int, default=time.time_ns(), help="default: another one every time")
    options = parser.parse_args()
    count = SMALLEST_MUTATIONS if options.smallest else options.mutations
    folder = Path(mkdtemp(prefix="image-fuzzing-"))
    undamaged = [(name, seed) for name, seeds in list_seeds().items() for seed in seeds]
    baseline = fuzz_images(undamaged, folder)
    print(f"{count:,} mutations, seed {options.seed}; seconds of the processor and memory: the worst of one file")
    print(
        f"{'':10}{'mutations':>10}{'accepted':>10}{'unreadable':>12}{'too large':>11}{'too small':>11}{'bugs':>6}",
        end="",
    )
    print(f"{'CPU, s':>9}{'undamaged':>11}{'memory, MB':>12}")
    reports = fuzz_images(iterate_mutations(options.seed, count), folder, time.monotonic() + options.seconds)
    for name, report in sorted(reports.items()):
        print_row(name, report, baseline[name])
    bugs = [bug for report in reports.values() for bug in report.bugs]
    for bug in bugs:
        print(bug)
    print(f"{sum(report.mutations for report in reports.values()):,} mutations done, {len(bugs)} bugs")
    if not bugs:
        folder.rmdir()
    sys.exit(1 if bugs else 0)


def print_row(name: str, report: FuzzReport, baseline: FuzzReport) -> None:
    """One format as a row of the table."""
    codes = ("accepted", "unreadable-image", "image-too-large", "image-too-small")
    counts = "".join(f"{report.outcomes[code]:>{width},}" for code, width in zip(codes, (10, 12, 11, 11), strict=True))
    print(f"{name:10}{report.mutations:>10,}{counts}{len(report.bugs):>6}", end="")
    print(f"{report.worst_cpu_s:>9.2f}{baseline.worst_cpu_s:>11.2f}{report.worst_memory_mb:>12.0f}", flush=True)


if __name__ == "__main__":
    main()
