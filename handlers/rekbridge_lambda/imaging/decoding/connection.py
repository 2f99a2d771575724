"""Starts a decoder process and talks to it."""

import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from rekbridge_lambda.imaging.decoding.protocol import LENGTHS, READY, encode_message, parse_lengths, parse_text

# Packaging follows this name as it follows imports (scripts/rekbridge/packaging/dependency_closure.py).
CHILD_MODULE = "rekbridge_lambda.imaging.decoding.child"
START_TIMEOUT_S = 20.0
EXIT_TIMEOUT_S = 5.0
CHUNK = 1 << 20
MAX_LOG_BYTES = 200

# By these a native library ends its process over a file. SIGKILL is not among them: the kernel sends it when the whole
# Lambda has no memory left, and people do.
CRASH_SIGNALS = {
    signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGSYS,
}  # fmt: skip


class ChildDied(Exception):
    """The child has ended; `status` is its exit status, or a signal as a negative number."""

    def __init__(self, status: int, last_log_line: str) -> None:
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        super().__init__(f"{how}, last line {last_log_line!r}" if last_log_line else how)
        # Not SIGALRM: the child's own alarm comes first only where this process was too late to kill it, which says
        # something about the machine.
        self.is_time_limit = -status == signal.SIGPROF
        # A positive status is an exception outside of decoding: our bug, not the file's fault.
        self.is_crash = -status in CRASH_SIGNALS


class DecoderConnection:
    """A running child and our end of the socket pair."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        # What it needs to find Python's own library (in Lambda) and our packages, and nothing else of our variables:
        # above all no credentials. Its output never reaches ours, which is the protocol of MiniStack's workers.
        variables = {
            "PYTHONPATH": os.pathsep.join(sys.path),
            "LD_LIBRARY_PATH": str(Path(sys.base_prefix, "lib")),
        }
        command = [sys.executable, "-S", "-P", "-B", "-c", f"from {CHILD_MODULE} import main; main()"]
        with theirs:
            self.process = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=variables
            )
        # Also at the end of this process. If that is killed, the child reads the end of the connection.
        self._finalizer = weakref.finalize(self, kill_process, self.process, self._socket)
        assert self.process.stderr is not None
        self._log = b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._selector.register(self.process.stderr, selectors.EVENT_READ)
        message, _ = self.receive(START_TIMEOUT_S, 0)
        if message != READY:
            raise ValueError("its first message is unknown")

    def is_alive(self) -> bool:
        """Whether the child still runs."""
        return self.process.poll() is None

    def read_cpu_s(self) -> float:
        """Processor time of the child until now, in steps of 10 ms (proc(5): fields 14 and 15 of stat)."""
        after_name = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")

    def send(self, request: dict[str, Any], file: BinaryIO) -> None:
        """Send a request and the file. Raises ChildDied."""
        # Opened again: the child gets an offset of its own, and cannot write.
        descriptor = os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDONLY)
        try:
            socket.send_fds(self._socket, [encode_message(request)], [descriptor])
        except OSError:
            raise self._wait_for_death() from None
        finally:
            os.close(descriptor)

    def receive(self, timeout_s: float, max_body_bytes: int) -> tuple[dict[str, Any], bytes]:
        """An answer and its bytes. Raises TimeoutError, ChildDied, or ValueError for what is no answer."""
        deadline = time.monotonic() + timeout_s
        start = self._receive_exactly(LENGTHS.size, deadline)
        text_bytes, body_bytes = parse_lengths(start, max_body_bytes)
        return parse_text(self._receive_exactly(text_bytes, deadline)), self._receive_exactly(body_bytes, deadline)

    def stop(self) -> None:
        """Kill the child and wait for its end."""
        self._finalizer()
        self._selector.close()

    def _receive_exactly(self, length: int, deadline: float) -> bytes:
        chunks = list[bytes]()
        while length:
            self._wait_for_answer(deadline)
            try:
                chunk = self._socket.recv(min(length, CHUNK))
            except ConnectionError:
                chunk = b""
            if not chunk:
                raise self._wait_for_death()
            chunks.append(chunk)
            length -= len(chunk)
        return b"".join(chunks)

    def _wait_for_answer(self, deadline: float) -> None:
        """Wait for bytes or the end of the connection, and read what the child writes about itself meanwhile."""
        while True:
            ready = [key.fileobj for key, _ in self._selector.select(max(0, deadline - time.monotonic()))]
            if self.process.stderr in ready:
                self._read_log()
            if self._socket in ready:
                return
            if not ready:
                raise TimeoutError("the decoder process does not answer")

    def _read_log(self) -> None:
        assert self.process.stderr is not None
        chunk = os.read(self.process.stderr.fileno(), CHUNK)
        self._log = (self._log + chunk)[-MAX_LOG_BYTES:]
        if not chunk:
            self._selector.unregister(self.process.stderr)

    def _wait_for_death(self) -> ChildDied:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(EXIT_TIMEOUT_S)
        if self.process.returncode is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stderr is not None
        os.set_blocking(self.process.stderr.fileno(), False)
        with suppress(BlockingIOError):
            self._log = (self._log + os.read(self.process.stderr.fileno(), CHUNK))[-MAX_LOG_BYTES:]
        return ChildDied(self.process.returncode, clean_log_line(self._log))


def clean_log_line(log: bytes) -> str:
    """The last line, without what it may quote of a file."""
    lines = log.decode("ascii", "replace").strip().splitlines()
    return re.sub(r"[^ -~]|(['\"]).*\1", "…", lines[-1]) if lines else ""


def kill_process(process: "subprocess.Popen[bytes]", connection: socket.socket) -> None:
    """End the child by all means, and leave nothing of it."""
    connection.close()
    process.kill()
    process.wait()
    if process.stderr:
        process.stderr.close()
