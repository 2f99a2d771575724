"""An execution environment: a process of AWS's runtime client, awslambdaric, and the Runtime API that it talks to.

The process requests an invocation, posts the result, and requests the next one. So the code that waits for a result can
serve these requests itself, without a thread. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
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

from rekbridge_engine.origin_guard import OriginPolicy, encode_headers

# Runs the client. The kernel kills it (PR_SET_PDEATHSIG) when the *thread* that started it ends. LocalStack's threads
# are short-lived; the one of STARTER lives as long as LocalStack. A client that starts after that thread has ended
# finds no Runtime API and exits.
CLIENT = """
import ctypes, runpy
ctypes.CDLL(None).prctl(1, 9)
runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)
"""
STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lambda-starter")
# The maximum time to load a function before its first invocation. After that, Lambda loads it again, and the time
# counts as a part of the function's timeout.
INIT_TIMEOUT_S = 10.0
CLIENT_POLICY = OriginPolicy()


class FunctionSpec(NamedTuple):
    """What is needed to run a function in a process."""

    python: Path
    handler: str
    code_folder: Path
    environment: dict[str, str]
    timeout_s: float
    memory_mb: int


class InvocationOutcome(NamedTuple):
    """The response, from the function or from Lambda on an error, and the log since the previous invocation."""

    body: bytes
    failed: bool
    log: str


class ExecutionEnvironment:
    """Runs one function, one invocation at a time.

    After a timeout, a crash or a failure to load, the process is killed and the next invocation starts a new one.
    """

    def __init__(self, function: FunctionSpec) -> None:
        self._function = function
        self._folder = tempfile.TemporaryDirectory(prefix="lambda-")
        self._log = (Path(self._folder.name) / "log").open("w+b")
        self._stop_sender, self._stop_receiver = socket.socketpair()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[Any] | None = None
        self._process_fd = -1

    def start(self) -> None:
        """Load the function before its first invocation. A failure to load is reported by that invocation."""
        with self._lock:
            self._ensure_process()
            self._wait_for_request(time.monotonic() + INIT_TIMEOUT_S)

    def invoke(self, request_id: str, arn: str, trace: str, payload: bytes) -> InvocationOutcome:
        """Run one invocation. A failing function is an outcome too. Raises RuntimeError after `stop`."""
        deadline_ms = int((time.time() + self._function.timeout_s) * 1000)
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(payload)}\r\n"
            f"Lambda-Runtime-Aws-Request-Id: {request_id}\r\nLambda-Runtime-Invoked-Function-Arn: {arn}\r\n"
            f"Lambda-Runtime-Trace-Id: {trace}\r\nLambda-Runtime-Deadline-Ms: {deadline_ms}\r\n"
            "Connection: close\r\n\r\n"
        )
        with self._lock:
            started = time.monotonic()
            self._ensure_process()
            log = f"{self._read_log()}START RequestId: {request_id} Version: $LATEST\n"
            deadline = started + self._function.timeout_s
            body, failed, error = self._serve_requests(request_id, head.encode() + payload, deadline)
            duration = f"Duration: {(time.monotonic() - started) * 1000:.2f} ms"
            memory = f"Memory Size: {self._function.memory_mb} MB\tMax Memory Used: {self._read_peak_memory_mb()} MB"
            log += f"{self._read_log()}{error}END RequestId: {request_id}\n"
            return InvocationOutcome(body, failed, f"{log}REPORT RequestId: {request_id}\t{duration}\t{memory}\n")

    def stop(self) -> None:
        """Stop the environment, and an invocation in progress."""
        self._stop_sender.close()
        with self._lock:
            self._kill_process()
            self._stop_receiver.close()
            self._log.close()
            self._folder.cleanup()

    def _ensure_process(self) -> None:
        if self._log.closed:
            raise RuntimeError("the execution environment is stopped")
        if self._process and not select.select([self._process_fd], [], [], 0)[0]:
            return
        self._kill_process()
        self._listener = socket.create_server(("127.0.0.1", 0))
        code, variables = self._function.code_folder, self._function.environment
        # Nothing of LocalStack's own environment: a function must not depend on it.
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "en_US.UTF-8", **variables} | {
            "AWS_LAMBDA_RUNTIME_API": "{}:{}".format(*self._listener.getsockname()),
            "LAMBDA_TASK_ROOT": str(code),
            "PYTHONPATH": str(code),
            "PYTHONDONTWRITEBYTECODE": "1",  # in Lambda the code is on a read-only disk
            "TMPDIR": self._folder.name,
        }
        command = [str(self._function.python), "-P", "-c", CLIENT, self._function.handler]
        with Path(self._log.name).open("ab") as log:
            options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": subprocess.STDOUT}
            # It leads its own process group, so that its child processes can be killed with it.
            options |= {"cwd": code, "env": environment, "process_group": 0}
            process = STARTER.submit(lambda: subprocess.Popen(command, **options)).result()
        # The pidfd becomes readable when the process has ended.
        self._process, self._process_fd = process, os.pidfd_open(process.pid)

    def _wait_for_request(self, deadline: float) -> tuple[str, str] | None:
        """Wait until the process sends a request; return None then.

        If it ends, or the deadline passes, return Lambda's error type and message. At the deadline the process is
        killed. `deadline` is a value of time.monotonic().
        """
        watched: list[socket.socket | int] = [self._listener, self._process_fd, self._stop_receiver]
        readable, _, _ = select.select(watched, [], [], max(0.0, deadline - time.monotonic()))
        # A request sent before the process ended is served first.
        if self._listener in readable:
            return None
        exit_reason = self._kill_process()
        if readable:
            return "Runtime.ExitError", f"Runtime exited with error: {exit_reason}"
        return "Sandbox.Timedout", f"Task timed out after {self._function.timeout_s:.2f} seconds"

    def _serve_requests(self, request_id: str, invocation: bytes, deadline: float) -> tuple[bytes, bool, str]:
        """Serve the process's requests until the invocation has a response.

        Returns the response's body, whether it is an error, and the log line of an error that Lambda reports itself.
        """
        while not (failure := self._wait_for_request(deadline)):
            connection, _ = self._listener.accept()
            # If the process ends in the middle of a request, the next wait reports it.
            with suppress(ConnectionError), connection, connection.makefile("rb") as stream:
                line, headers = stream.readline(), http.client.parse_headers(stream)
                length = headers["Content-Length"]
                # A web page in a browser of this machine could otherwise take invocations, or answer them.
                if CLIENT_POLICY.find_refusal("POST", b"", encode_headers(headers.items())):
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                elif b"/next " in line:
                    # In one packet: a second one would wait 40 ms for the acknowledgement of the first.
                    connection.sendall(invocation)
                elif length and len(body := stream.read(int(length))) == int(length):
                    connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    if b"/init/" in line:
                        self._kill_process()
                    return body, b"/error " in line, ""
        error_type, text = failure
        message = f"RequestId: {request_id} Error: {text}"
        return json.dumps({"errorType": error_type, "errorMessage": message}).encode(), True, f"{message}\n"

    def _kill_process(self) -> str:
        """Kill the process, if any, and its child processes. Returns how the process ended."""
        if self._process is None:
            return ""
        # Until its exit status is read, the id of its process group cannot be reused.
        os.killpg(self._process.pid, signal.SIGKILL)
        code, self._process = self._process.wait(), None
        os.close(self._process_fd)
        self._listener.close()
        return f"signal {-code}" if code < 0 else f"exit status {code}"

    def _read_log(self) -> str:
        # The function has already written everything that it printed before its response.
        return self._log.read().decode(errors="replace")

    def _read_peak_memory_mb(self) -> int:
        status = Path(f"/proc/{self._process.pid}/status").read_text().splitlines() if self._process else []
        return sum(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) // 1024
