"""Run the local Rekognition in tests, and control it: ordered answers, faults, quotas and the call log.

It needs the standard library and boto3 only. `python -m rekbridge_engine.testing PARENT …` is the engine's command that
ends with the process PARENT, even if that is killed.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

# The engine is on this machine: a proxy of the environment is not asked.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class RunningEngine:
    """A running engine with `--control`."""

    url: str
    process: subprocess.Popen[bytes]

    def create_client(self, region: str = "eu-west-1", read_timeout_s: float = 60) -> Any:
        """Create a boto3 client for this engine that does not retry."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "rekognition",
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id="123456789012",
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}, read_timeout=read_timeout_s),
        )

    def request(self, path: str, method: str = "GET", body: Any = None) -> Any:
        """Call /health or /control; the body and the result are JSON. Raises urllib.error.HTTPError."""
        data = None if body is None else json.dumps(body).encode()
        with _OPENER.open(urllib.request.Request(self.url + path, data, method=method), timeout=10) as response:
            text = response.read()
        return json.loads(text) if text else None

    def answer(self, operation: str, answer: Mapping[str, Any], **conditions: Any) -> int:
        """Order the whole answer to an operation, for all calls or by `region`, `sha256` and `calls`.

        Returns the order's id. Raises ValueError that says what Rekognition could not send.
        """
        return self._order({"operation": operation, "answer": answer, **conditions})

    def merge_answer(self, operation: str, parts: Mapping[str, Any], **conditions: Any) -> int:
        """Order parts that replace those of the analysis (a JSON Merge Patch). Otherwise like `answer`."""
        return self._order({"operation": operation, "merge": parts, **conditions})

    def list_answers(self) -> list[dict[str, Any]]:
        """The ordered answers, and how often each was used."""
        rows: list[dict[str, Any]] = self.request("/control/answers")
        return rows

    def take_back_answer(self, order: int) -> None:
        """End an ordered answer."""
        self.request(f"/control/answers/{order}", "DELETE")

    def add_fault(self, **script: Any) -> None:
        """Script a fault, for example `fault="throttle", operation="DetectText", calls=3`. Raises ValueError."""
        self._post("faults", script)

    def set_quota(self, region: str, operation: str, tps: float) -> None:
        """Accept this many calls per second in a region and throttle the others. Raises ValueError."""
        self._post("quotas", {"region": region, "operation": operation, "tps": tps})

    def list_calls(self) -> list[dict[str, Any]]:
        """The call log, oldest first."""
        rows: list[dict[str, Any]] = self.request("/control/calls")
        return rows

    def reset(self) -> None:
        """Remove ordered answers and faults, restore the default quotas and clear the call log."""
        for resource in ("answers", "faults", "quotas", "calls"):
            self.request(f"/control/{resource}", "DELETE")

    def is_healthy(self) -> bool:
        """Whether /health reports that it is ready."""
        try:
            return bool(self.request("/health")["status"] == "ok")
        except urllib.error.URLError:
            return False

    def _order(self, script: Mapping[str, Any]) -> int:
        return int(self._post("answers", script)["id"])

    def _post(self, resource: str, script: Mapping[str, Any]) -> Any:
        try:
            return self.request(f"/control/{resource}", "POST", script)
        except urllib.error.HTTPError as error:
            if error.headers.get_content_type() != "application/json":
                raise
            raise ValueError(json.loads(error.read())["error"]) from error


@contextmanager
def run_engine(
    *options: str, python: Sequence[str] = (sys.executable,), timeout_s: float = 90
) -> Iterator[RunningEngine]:
    """Run an engine on a free port until the block or this process ends; it is ready when the block starts.

    `python` is the interpreter, with its options, of the environment that the engine is installed in. Raises
    RuntimeError if the engine ends before it is ready, and TimeoutError.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*python, "-m", "rekbridge_engine.testing", str(os.getpid()), "--port", str(port), *options]
    process = subprocess.Popen(command)
    engine = RunningEngine(f"http://127.0.0.1:{port}", process)
    try:
        _wait_until_healthy(engine, timeout_s)
        yield engine
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait_until_healthy(engine: RunningEngine, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while not engine.is_healthy():
        if engine.process.poll() is not None:
            raise RuntimeError(f"the local Rekognition ended with exit code {engine.process.returncode}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"the local Rekognition was not ready after {timeout_s} s")
        time.sleep(0.05)


if __name__ == "__main__":
    from rekbridge_engine import cli, worker

    worker.end_with_parent(int(sys.argv.pop(1)))
    cli.main()
