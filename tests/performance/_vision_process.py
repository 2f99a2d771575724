"""An engine's analysis in a process of its own, as its workers run it. Runs in the environment of that engine.

It reads one JSON request from each line of stdin, and writes one JSON line with what it cost.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from PIL import Image


def serve() -> None:
    """Answer requests until stdin ends. The process is set up as the engine's workers are."""
    from rekbridge_engine import worker

    worker.initialize(os.getppid())
    for line in sys.stdin:
        request = json.loads(line)
        images = tuple(Path(image).read_bytes() for image in request["images"])
        if request["action"] == "decode":
            cpu_ms = measure_decoding([Path(image) for image in request["images"]])
        else:
            cpu_ms = measure_action(request["action"], images, request["settings"])
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        resident_kb, peak_kb = int(status["VmRSS"].split()[0]), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"cpu_ms": cpu_ms, "rss_mb": resident_kb / 1024, "peak_mb": peak_kb / 1024}), flush=True)


def measure_decoding(images: list[Path]) -> float:
    """Milliseconds of the processor to decode images with Pillow, as they are: the baseline that is always there."""
    started_at = time.process_time()
    for image in images:
        with Image.open(image) as opened:
            opened.convert("RGB")
    return 1000 * (time.process_time() - started_at)


def measure_action(action: str, images: tuple[bytes, ...], settings: dict[str, Any]) -> float:
    """Milliseconds of the processor, of all threads, for one call."""
    from rekbridge_engine.jobs import AnalysisJob
    from rekbridge_engine.vision.actions import run_action

    job = AnalysisJob(action=action, images=images, settings=settings, min_side=1, max_side=None)
    started_at = time.process_time()
    run_action(job)
    return 1000 * (time.process_time() - started_at)
