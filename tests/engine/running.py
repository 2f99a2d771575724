"""The engine as a process of its own, as people run it: one for the session, private ones where a test breaks it."""

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


@dataclass(frozen=True)
class Engine:
    """A running engine."""

    url: str
    process: subprocess.Popen[bytes]

    def client(self, region: str = "eu-west-1", patience_s: float = 60) -> Any:
        """boto3's own client for it, which gives up at the first error."""
        return boto3.client(
            "rekognition",
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id="123456789012",
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}, read_timeout=patience_s),
        )

    def http(self, path: str, method: str = "GET", body: Any = None) -> Any:
        """A call of its own endpoints; JSON both ways."""
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, method=method), timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def fault(self, **script: Any) -> None:
        """Script a fault."""
        self.http("/control/faults", "POST", script)

    def calls(self) -> list[dict[str, Any]]:
        """The call log."""
        rows: list[dict[str, Any]] = self.http("/control/calls")
        return rows

    def healthy(self) -> bool:
        """Whether it says that it is ready."""
        try:
            return bool(self.http("/health")["status"] == "ok")
        except urllib.error.URLError:
            return False


@contextmanager
def running(*options: str) -> Iterator[Engine]:
    """An engine on a free port, ready, which ends with the block or with this process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(venvs.ENGINE.ensure()), "-m", "engine", "--port", str(port), *options]
    process = subprocess.Popen(parent_death_signal.tethered(command), cwd=paths.ROOT)
    engine = Engine(f"http://127.0.0.1:{port}", process)
    try:
        until(engine.healthy, 90)
        yield engine
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def until(condition: Callable[[], bool], patience_s: float) -> None:
    """Wait for a condition; fail the test when it does not come."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def photo(name: str) -> dict[str, bytes]:
    """A photograph as the Image of a request."""
    return {"Bytes": (PHOTOS / name).read_bytes()}


EXPECTED: dict[str, dict[str, Any]] = json.loads((PHOTOS / "expected.json").read_text())


def overlap(expected: Sequence[float], found: dict[str, float]) -> float:
    """Intersection over union of an expected box and a BoundingBox."""
    left, top, width, height = expected
    across = min(left + width, found["Left"] + found["Width"]) - max(left, found["Left"])
    down = min(top + height, found["Top"] + found["Height"]) - max(top, found["Top"])
    shared = max(0.0, across) * max(0.0, down)
    return shared / (width * height + found["Width"] * found["Height"] - shared)
