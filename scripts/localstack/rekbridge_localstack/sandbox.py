"""One process of AWS's runtime client, awslambdaric, and the Runtime API that it talks to, until its end.

The process asks for an invocation, answers it, asks for the next. So whoever waits for an answer can serve it
meanwhile: a sandbox has no threads. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import http.client
import select
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from rekbridge_localstack.process import Process


class Function(NamedTuple):
    """What a process needs to be one function."""

    python: Path
    handler: str
    code: Path
    environment: dict[str, str]
    timeout_s: float
    memory_mb: int


class Request(NamedTuple):
    """What the process said, on a connection that waits for the reply."""

    path: str
    body: bytes
    connection: socket.socket


class Ended(Exception):
    """The process ended."""


class InitFailed(Exception):
    """The function could not be loaded; the argument is what the runtime client says about it."""


class Sandbox:
    """A started process; all that it prints is added to `log`."""

    def __init__(self, function: Function, temporary: Path, log: BinaryIO) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._next: Request | None = None
        # Nothing of LocalStack's own environment: a function could lean on it.
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "en_US.UTF-8", **function.environment} | {
            "AWS_LAMBDA_RUNTIME_API": "{}:{}".format(*self._listener.getsockname()),
            "LAMBDA_TASK_ROOT": str(function.code),
            "PYTHONPATH": str(function.code),
            "PYTHONDONTWRITEBYTECODE": "1",  # in Lambda the code lies on a read-only disk
            "TMPDIR": str(temporary),
        }
        command = [str(function.python), "-m", "awslambdaric", function.handler]
        self.process = Process(command, cwd=function.code, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def ready(self, deadline: float) -> Request:
        """Wait for its question. Raises InitFailed, Ended, and TimeoutError past the deadline (monotonic clock)."""
        self._next = self._next or self._hear(deadline)
        if self._next.path.endswith("/init/error"):
            raise InitFailed(self._next.body)
        return self._next

    def ask(self, headers: dict[str, str], payload: bytes, deadline: float) -> tuple[bytes, bool]:
        """Give it one invocation; its answer, and whether that is an error. Raises what `ready` does."""
        _reply(self.ready(deadline), 200, payload, headers)
        self._next = None
        answer = self._hear(deadline)
        _reply(answer, 202)
        return answer.body, answer.path.endswith("/error")

    def close(self) -> None:
        """End the process and give everything back."""
        self.process.close()
        self._listener.close()
        if self._next:
            self._next.connection.close()

    def _hear(self, deadline: float) -> Request:
        watched: list[socket.socket | int] = [self._listener, self.process.ended]
        while heard := select.select(watched, [], [], max(0.0, deadline - time.monotonic()))[0]:
            # What it said before its end is heard before that.
            if heard[0] is not self._listener:
                raise Ended(self.process.end())
            connection, _ = self._listener.accept()
            with suppress(ConnectionError), connection.makefile("rb") as stream:
                if line := stream.readline():
                    length = int(http.client.parse_headers(stream).get("Content-Length", "0"))
                    if len(body := stream.read(length)) == length:
                        return Request(line.split()[1].decode(), body, connection)
            connection.close()  # it ended in the middle of the request
        raise TimeoutError


def _reply(request: Request, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
    told = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in (told | (headers or {})).items())
    # One packet: a second would wait 40 ms for the first one's acknowledgement. If it has ended, the next wait tells.
    with suppress(ConnectionError), request.connection:
        request.connection.sendall(f"HTTP/1.1 {status} OK\r\n{head}\r\n".encode() + body)
