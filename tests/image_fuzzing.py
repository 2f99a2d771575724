"""Fuzzing of image preparation: damaged files through sniffing and the real decoder process, as INGEST does it."""

import re
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

from rekbridge_lambda.domain.errors import Rejected
from rekbridge_lambda.domain.images import ImageLimits, PreparedImage
from rekbridge_lambda.imaging.preparation import PillowPreparer
from rekbridge_lambda.imaging.sniffing import sniff_image

from tests.process_usage import read_cpu_s, read_peak_memory_mb

# Sides that make some images be scaled, and bytes that make noise be encoded again.
LIMITS = ImageLimits(bytes=60_000, min_side=80, max_side=120)
# An address, a path, an object's representation or an error number: it would differ between two runs.
UNSTABLE = re.compile(r"0x[0-9a-f]{4}|/tmp|/proc|/work|\bat 0x|<[a-z_]+[ .]|Errno|object at|\n")
MAX_REASON = 300
REPEATED_SHARE = 20


@dataclass
class FuzzReport:
    """What became of the files of one format; seconds and megabytes are the worst of one file."""

    mutations: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    bugs: list[str] = field(default_factory=list)
    worst_cpu_s: float = 0
    worst_memory_mb: float = 0


def prepare_file(content: bytes) -> PreparedImage | Rejected:
    """What INGEST would make of a file. Any other exception is a bug."""
    with TemporaryFile() as file:
        file.write(content)

        def read(offset: int, length: int) -> bytes:
            file.seek(offset)
            return file.read(length)

        try:
            return PillowPreparer().prepare(file, sniff_image(read, len(content)), LIMITS)
        except Rejected as why:
            return why


def find_bug(content: bytes, repeat: bool) -> tuple[str, str]:
    """The outcome in a word, and what is wrong with it; empty if nothing is."""
    try:
        outcome = prepare_file(content)
        again = prepare_file(content) if repeat else outcome
    except Exception as error:
        return "bug", repr(error)
    if isinstance(outcome, PreparedImage):
        fits = outcome.fits(LIMITS) and outcome.body.startswith((b"\xff\xd8\xff", b"\x89PNG"))
        return "accepted", "" if fits else f"{outcome.width} × {outcome.height} px, {len(outcome.body)} bytes"
    reason = str(outcome)
    if not reason.isprintable() or not 0 < len(reason) <= MAX_REASON or UNSTABLE.search(reason):
        return outcome.code, f"this reason is not stable: {reason!r}"
    return outcome.code, "" if str(again) == reason else f"two reasons: {reason!r}, {again!r}"


def fuzz_images(
    mutations: Iterable[tuple[str, bytes]], keep_in: Path, end: float = float("inf")
) -> dict[str, FuzzReport]:
    """Prepare damaged files until there are no more, or a time of time.monotonic(); returns a report by format.

    Files that show a bug are kept in a folder.
    """
    reports: dict[str, FuzzReport] = {}
    cpu_s = read_cpu_s()
    for number, (name, content) in enumerate(mutations):
        if time.monotonic() > end:
            break
        report = reports.setdefault(name, FuzzReport())
        outcome, bug = find_bug(content, repeat=number % REPEATED_SHARE == 0)
        report.mutations += 1
        report.outcomes[outcome] += 1
        if bug:
            path = keep_in / f"{number}.{name}"
            path.write_bytes(content)
            report.bugs.append(f"{path}: {bug}")
        before, cpu_s = cpu_s, read_cpu_s()
        report.worst_cpu_s = max(report.worst_cpu_s, cpu_s - before)
        report.worst_memory_mb = max(report.worst_memory_mb, read_peak_memory_mb())
    return reports
