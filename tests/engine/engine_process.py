"""Run the engine as a process, as users run it: one for the session, and private ones for tests that kill it."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rekbridge.support import paths, venvs
from rekbridge_engine import testing
from rekbridge_engine.testing import RunningEngine as RunningEngine  # the tests import it from here

PHOTOS = Path(__file__).parents[1] / "photos"
# The product's operations.json, by operation name.
OPERATIONS: dict[str, dict[str, Any]] = json.loads((paths.TABLES_FOLDER / "operations.json").read_text())["operations"]


@contextmanager
def run_engine(*options: str) -> Iterator[RunningEngine]:
    """Run an engine of this checkout on a free port, as `rekbridge_engine.testing` does with an installed one."""
    with testing.run_engine(*options, python=get_python()) as engine:
        yield engine


def get_python() -> list[str]:
    """The interpreter of the engine's environment, which finds the engine of this checkout."""
    return ["env", f"PYTHONPATH={paths.ENGINE_FOLDER}", str(venvs.ENGINE.ensure())]


def wait_until(condition: Callable[[], bool], timeout_s: float) -> None:
    """Wait until a condition is true; fail the test after the timeout."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"the condition was still false after {timeout_s} s"
        time.sleep(0.05)


def load_photo(name: str) -> dict[str, bytes]:
    """Load a photograph of tests/photos as the Image of a request."""
    return {"Bytes": (PHOTOS / name).read_bytes()}


EXPECTED: dict[str, dict[str, Any]] = json.loads((PHOTOS / "expected.json").read_text())


def compute_overlap(expected: Sequence[float], box: dict[str, float]) -> float:
    """Intersection over union of an expected box and a BoundingBox of a response."""
    left, top, width, height = expected
    across = min(left + width, box["Left"] + box["Width"]) - max(left, box["Left"])
    down = min(top + height, box["Top"] + box["Height"]) - max(top, box["Top"])
    intersection = max(0.0, across) * max(0.0, down)
    return intersection / (width * height + box["Width"] * box["Height"] - intersection)
