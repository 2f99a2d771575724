"""One execution environment: one sandbox after the other, as long as invocations come.

A function that runs out of time, crashes or cannot start loses its sandbox; the next invocation starts a new one.
"""

import json
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from rekbridge_localstack.sandbox import Ended, Function, InitFailed, Sandbox

# So long may an environment take ahead of its first invocation; then Lambda starts over, on the function's own time.
INIT_PATIENCE_S = 10.0


class Outcome(NamedTuple):
    """What the function, or Lambda in its place, answered; and all that was logged since the invocation before."""

    body: bytes
    failed: bool
    log: str


class Environment:
    """Where one function runs, one invocation at a time."""

    def __init__(self, function: Function) -> None:
        self._function = function
        self._folder = tempfile.TemporaryDirectory(prefix="lambda-")
        self._log = (Path(self._folder.name) / "log").open("a+b")
        self._told = 0
        self._sandbox: Sandbox | None = None
        self._stopped = False
        self._busy = threading.Lock()

    def start(self) -> None:
        """Initialize ahead of the first invocation, which tries again, and tells, when this fails."""
        with self._busy:
            try:
                self._current().ready(time.monotonic() + INIT_PATIENCE_S)
            except (InitFailed, Ended, TimeoutError):
                self._discard()

    def invoke(self, request_id: str, arn: str, trace: str, payload: bytes) -> Outcome:
        """Run one invocation; whatever the function does is an outcome. Raises RuntimeError once it is stopped."""
        timeout_s = self._function.timeout_s
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Invoked-Function-Arn": arn,
            "Lambda-Runtime-Trace-Id": trace,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + timeout_s) * 1000)),
        }
        with self._busy:
            sandbox, log = self._current(), [self._output(), f"START RequestId: {request_id} Version: $LATEST\n"]
            started, failed, peak_mb, why = time.monotonic(), True, 0, ""
            try:
                body, failed = sandbox.ask(headers, payload, started + timeout_s)
                peak_mb = sandbox.process.peak_mb()
            except InitFailed as error:
                body = error.args[0]
            except Ended as error:
                body, why = _lambda_error("Runtime.ExitError", request_id, f"Runtime exited with error: {error}")
            except TimeoutError:
                what = f"Task timed out after {timeout_s:.2f} seconds"
                body, why = _lambda_error("Sandbox.Timedout", request_id, what)
            if not peak_mb:
                self._discard()
            took = f"Duration: {(time.monotonic() - started) * 1000:.2f} ms"
            used = f"Memory Size: {self._function.memory_mb} MB\tMax Memory Used: {peak_mb} MB"
            log += [self._output(), why, f"END RequestId: {request_id}\n"]
            log += [f"REPORT RequestId: {request_id}\t{took}\t{used}\n"]
            return Outcome(body, failed, "".join(log))

    def stop(self) -> None:
        """End it, an invocation under way included."""
        self._stopped = True
        if sandbox := self._sandbox:
            sandbox.process.kill()
        with self._busy:
            self._discard()
            self._log.close()
            self._folder.cleanup()

    def _current(self) -> Sandbox:
        if self._stopped:
            raise RuntimeError("the execution environment is stopped")
        if self._sandbox and not self._sandbox.process.alive:
            self._discard()
        self._sandbox = self._sandbox or Sandbox(self._function, Path(self._folder.name), self._log)
        return self._sandbox

    def _discard(self) -> None:
        gone, self._sandbox = self._sandbox, None
        if gone:
            gone.close()

    def _output(self) -> str:
        # The function adds to this file through a descriptor of its own; what it printed before it answered is there.
        self._log.seek(self._told)
        new = self._log.read()
        self._told += len(new)
        return new.decode(errors="replace")


def _lambda_error(kind: str, request_id: str, what: str) -> tuple[bytes, str]:
    message = f"RequestId: {request_id} Error: {what}"
    return json.dumps({"errorType": kind, "errorMessage": message}).encode(), f"{message}\n"
