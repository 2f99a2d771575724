"""An execution environment: a process of AWS's runtime client, awslambdaric, and the Runtime API that it talks to.

The process asks for an invocation, answers it, asks for the next. So whoever waits for an answer can serve it
meanwhile: no thread is needed. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

# Runs the client, killed by the kernel (PR_SET_PDEATHSIG) when the *thread* that started it ends. LocalStack's come and
# go; this one stays as long as LocalStack. A client that starts too late for that finds no API, and ends by itself.
CLIENT = """
import ctypes, runpy
ctypes.CDLL(None).prctl(1, 9)
runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)
"""
STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lambda-starter")
# So long may a function load ahead of its first invocation; then Lambda starts over, on the function's own time.
INIT_PATIENCE_S = 10.0


class Function(NamedTuple):
    """What a process needs to be a function."""

    python: Path
    handler: str
    code: Path
    environment: dict[str, str]
    timeout_s: float
    memory_mb: int


class Outcome(NamedTuple):
    """What the function, or Lambda in its place, answered; and all that was logged since the invocation before."""

    body: bytes
    failed: bool
    log: str


class Environment:
    """Where one function runs, one invocation at a time.

    What runs out of time, crashes or cannot be loaded loses its process; the next invocation starts another.
    """

    def __init__(self, function: Function) -> None:
        self._function = function
        self._folder = tempfile.TemporaryDirectory(prefix="lambda-")
        self._log = (Path(self._folder.name) / "log").open("w+b")
        self._stop, self._stopped = socket.socketpair()
        self._busy = threading.Lock()
        self._process: subprocess.Popen[Any] | None = None
        self._ended = -1

    def start(self) -> None:
        """Load the function ahead of the first invocation, which tells when this fails."""
        with self._busy:
            self._ensure_process()
            self._gone(time.monotonic() + INIT_PATIENCE_S)

    def invoke(self, request_id: str, arn: str, trace: str, payload: bytes) -> Outcome:
        """Run one invocation; whatever the function does is an outcome. Raises RuntimeError once it is stopped."""
        due_ms = int((time.time() + self._function.timeout_s) * 1000)
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(payload)}\r\n"
            f"Lambda-Runtime-Aws-Request-Id: {request_id}\r\nLambda-Runtime-Invoked-Function-Arn: {arn}\r\n"
            f"Lambda-Runtime-Trace-Id: {trace}\r\nLambda-Runtime-Deadline-Ms: {due_ms}\r\nConnection: close\r\n\r\n"
        )
        with self._busy:
            started = time.monotonic()
            self._ensure_process()
            log = f"{self._printed()}START RequestId: {request_id} Version: $LATEST\n"
            body, failed, why = self._answer(request_id, head.encode() + payload, started + self._function.timeout_s)
            took = f"Duration: {(time.monotonic() - started) * 1000:.2f} ms"
            used = f"Memory Size: {self._function.memory_mb} MB\tMax Memory Used: {self._peak_mb()} MB"
            log += f"{self._printed()}{why}END RequestId: {request_id}\n"
            return Outcome(body, failed, f"{log}REPORT RequestId: {request_id}\t{took}\t{used}\n")

    def stop(self) -> None:
        """End it, an invocation under way included."""
        self._stop.close()
        with self._busy:
            self._end_process()
            self._stopped.close()
            self._log.close()
            self._folder.cleanup()

    def _ensure_process(self) -> None:
        if self._log.closed:
            raise RuntimeError("the execution environment is stopped")
        if self._process and not select.select([self._ended], [], [], 0)[0]:
            return
        self._end_process()
        self._listener = socket.create_server(("127.0.0.1", 0))
        code, given = self._function.code, self._function.environment
        # Nothing of LocalStack's own environment: a function could lean on it.
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "en_US.UTF-8", **given} | {
            "AWS_LAMBDA_RUNTIME_API": "{}:{}".format(*self._listener.getsockname()),
            "LAMBDA_TASK_ROOT": str(code),
            "PYTHONPATH": str(code),
            "PYTHONDONTWRITEBYTECODE": "1",  # in Lambda the code lies on a read-only disk
            "TMPDIR": self._folder.name,
        }
        command = [str(self._function.python), "-P", "-c", CLIENT, self._function.handler]
        with Path(self._log.name).open("ab") as log:
            how: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": subprocess.STDOUT}
            # It leads a group of its own: what it starts ends with it.
            how |= {"cwd": code, "env": environment, "process_group": 0}
            process = STARTER.submit(lambda: subprocess.Popen(command, **how)).result()
        # The second is readable once the first has ended.
        self._process, self._ended = process, os.pidfd_open(process.pid)

    def _gone(self, deadline: float) -> tuple[str, str] | None:
        """None once the process says something; or how it ended, as it does at the deadline, in Lambda's words."""
        watched: list[socket.socket | int] = [self._listener, self._ended, self._stopped]
        heard, _, _ = select.select(watched, [], [], max(0.0, deadline - time.monotonic()))
        # What it said before its end is heard before that.
        if self._listener in heard:
            return None
        how = self._end_process()
        if heard:
            return "Runtime.ExitError", f"Runtime exited with error: {how}"
        return "Sandbox.Timedout", f"Task timed out after {self._function.timeout_s:.2f} seconds"

    def _answer(self, request_id: str, invocation: bytes, deadline: float) -> tuple[bytes, bool, str]:
        """What the process, or Lambda in its place, answers; whether that is an error; why it is Lambda's."""
        while not (gone := self._gone(deadline)):
            connection, _ = self._listener.accept()
            # If it ends in the middle of this, the next wait tells.
            with suppress(ConnectionError), connection, connection.makefile("rb") as stream:
                line, length = stream.readline(), http.client.parse_headers(stream)["Content-Length"]
                if b"/next " in line:
                    # In one packet: a second would wait 40 ms for the first one's acknowledgement.
                    connection.sendall(invocation)
                elif length and len(body := stream.read(int(length))) == int(length):
                    connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    if b"/init/" in line:
                        self._end_process()
                    return body, b"/error " in line, ""
        kind, what = gone
        why = f"RequestId: {request_id} Error: {what}"
        return json.dumps({"errorType": kind, "errorMessage": why}).encode(), True, f"{why}\n"

    def _end_process(self) -> str:
        """End the process, if any, and what it started; tells how it ended."""
        if self._process is None:
            return ""
        # As long as nobody has taken its exit status, its group's number is nobody else's.
        os.killpg(self._process.pid, signal.SIGKILL)
        code, self._process = self._process.wait(), None
        os.close(self._ended)
        self._listener.close()
        return f"signal {-code}" if code < 0 else f"exit status {code}"

    def _printed(self) -> str:
        # What the function printed before it answered is in the file.
        return self._log.read().decode(errors="replace")

    def _peak_mb(self) -> int:
        status = Path(f"/proc/{self._process.pid}/status").read_text().splitlines() if self._process else []
        return sum(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) // 1024
