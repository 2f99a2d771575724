"""Run the engine as a process, as users run it: one for the session, and private ones for tests that kill it."""

import json
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from rekbridge.support import parent_death_signal, paths, venvs

PHOTOS = Path(__file__).parents[1] / "photos"
# The product's operations.json, by operation name.
OPERATIONS: dict[str, dict[str, Any]] = json.loads((paths.TABLES_FOLDER / "operations.json").read_text())["operations"]


@dataclass(frozen=True)
class RunningEngine:
    """A running engine."""

    url: str
    process: subprocess.Popen[bytes]

    def create_client(self, region: str = "eu-west-1", read_timeout_s: float = 60) -> Any:
        """Create a boto3 client for this engine that does not retry."""
        return boto3.client(
            "rekognition",
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id="123456789012",
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}, read_timeout=read_timeout_s),
        )

    def request(self, path: str, method: str = "GET", body: Any = None) -> Any:
        """Call /health or /control; the body and the result are JSON."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
        return json.loads(text) if text else None

    def add_fault(self, **script: Any) -> None:
        """Script a fault."""
        self.request("/control/faults", "POST", script)

    def list_calls(self) -> list[dict[str, Any]]:
        """The call log."""
        rows: list[dict[str, Any]] = self.request("/control/calls")
        return rows

    def is_healthy(self) -> bool:
        """Whether /health reports that it is ready."""
        try:
            return bool(self.request("/health")["status"] == "ok")
        except urllib.error.URLError:
            return False


@contextmanager
def run_engine(*options: str) -> Iterator[RunningEngine]:
    """Run an engine on a free port until the block or this process ends; it is ready when the block starts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(venvs.ENGINE.ensure()), "-m", "rekbridge_engine", "--port", str(port), *options]
    process = subprocess.Popen(parent_death_signal.with_death_signal(command), cwd=paths.ENGINE_FOLDER)
    engine = RunningEngine(f"http://127.0.0.1:{port}", process)
    try:
        wait_until(engine.is_healthy, 90)
        yield engine
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


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
