"""Processor time and memory of this process together with its decoder process."""

import re
import resource
import time
from pathlib import Path

from rekbridge_lambda.imaging.decoding.process import DECODER, DecoderProcess


def read_cpu_s(decoder: DecoderProcess = DECODER) -> float:
    """Processor time of this process, of its decoder process, and of those before it."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = time.process_time() + ended.ru_utime + ended.ru_stime
    try:
        # The first number is the nanoseconds of the only thread.
        return total + int(Path(f"/proc/{decoder.pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return total


def read_peak_memory_mb() -> float:
    """The most memory that this process has had, and its decoder process."""
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        [decoder_kb] = re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{DECODER.pid}/status").read_text())
    except (OSError, ValueError):
        return peak_kb / 1024
    return (peak_kb + int(decoder_kb)) / 1024
