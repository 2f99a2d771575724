"""Runs a private LocalStack on a free port. It is stopped when the test process ends, however that ends."""

import io
import json
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from textwrap import dedent
from typing import Any
from uuid import uuid4

import localstack_client.session
from botocore.config import Config
from rekbridge.emulator import ports
from rekbridge.emulator.localstack import host
from rekbridge.support.parent_death_signal import with_death_signal

REGION = "eu-west-3"
ENGINE_URL = "http://127.0.0.1:1"
START_TIMEOUT_S = 90


@dataclass(frozen=True)
class LocalStack:
    """A running LocalStack."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path

    def client(self, service: str) -> Any:
        session = localstack_client.session.Session(
            "test", "test", region_name=REGION, localstack_host=f"127.0.0.1:{self.port}"
        )
        # No retries: they would hide failures.
        return session.client(service, config=Config(retries={"total_max_attempts": 1}, read_timeout=70))

    def create_function(self, source: str, **parameters: Any) -> str:
        """Creates a function of one module. Returns its name."""
        name = f"f-{uuid4().hex[:8]}"
        defaults = {"Runtime": "python3.13", "Handler": "app.handler", "Role": "arn:aws:iam::000000000000:role/r"}
        code = {"ZipFile": zip_source(source)}
        self.client("lambda").create_function(FunctionName=name, Code=code, **(defaults | parameters))
        return name

    def invoke(self, function: str, event: Any = None) -> Any:
        """Returns the function's response, or its error."""
        response = self.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        return json.load(response["Payload"])


def zip_source(source: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("app.py", dedent(source))
    return data.getvalue()


def launch(folder: Path, port: int, **variables: str) -> subprocess.Popen[bytes]:
    """Starts the process and returns without waiting for it to be healthy."""
    (folder / "tmp").mkdir()
    with (folder / "localstack.log").open("wb") as log:
        return subprocess.Popen(
            with_death_signal(host.build_command()),
            cwd=folder,
            env=host.build_environment(folder, port, ENGINE_URL) | variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def start_localstack(folder: Path, **variables: str) -> Iterator[LocalStack]:
    """Runs a healthy LocalStack until the block ends."""
    port, _ = ports.find_free_pair()
    process = launch(folder, port, **variables)
    try:
        healthy = wait_for(lambda: process.poll() is not None or host.is_healthy(port, process.pid), START_TIMEOUT_S)
        assert healthy, f"LocalStack was not healthy within {START_TIMEOUT_S} s"
        assert process.poll() is None, (folder / "localstack.log").read_text()
        yield LocalStack(port, process, folder)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Sends SIGTERM, then SIGKILL: LocalStack does not end while it loads another service during its shutdown."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def list_descendants(pid: int) -> set[int]:
    """Every living process that this process started, directly or indirectly."""
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        if (stat := read_stat(int(process.name))) and stat[0] != "Z":
            parents[int(process.name)] = int(stat[1])
    descendants: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in descendants | {pid}} - descendants:
        descendants |= more
    return descendants


def find_dynamodb_port(pid: int) -> int:
    """The port of the DynamoDB Local that this process started, read from its command line."""
    for child in list_descendants(pid):
        arguments = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        if "-port" in arguments:
            return int(arguments[arguments.index("-port") + 1])
    raise LookupError("LocalStack runs no DynamoDB Local")


def list_listening_addresses(pids: set[int]) -> dict[int, IPv4Address | IPv6Address]:
    """The TCP ports on which these processes listen, with the address of each."""
    sockets = set()
    for link in (link for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir()):
        with suppress(FileNotFoundError):  # connections are opened and closed meanwhile
            sockets.add(str(link.readlink()))
    addresses = {}
    for table in Path("/proc/net").glob("tcp*"):
        for line in table.read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == ports.LISTEN and f"socket:[{inode}]" in sockets:
                address, _, port = local.partition(":")
                # Words of four bytes in the machine's byte order, which is the reverse of the network's.
                words = [bytes.fromhex(address)[start : start + 4] for start in range(0, len(address) // 2, 4)]
                addresses[int(port, 16)] = ip_address(b"".join(word[::-1] for word in words))
    return addresses


def wait_for_survivors(pids: set[int]) -> set[int]:
    """Waits up to five seconds for the processes to end. Returns those that are still alive."""
    wait_for(lambda: not any(map(is_alive, pids)), 5)
    return set(filter(is_alive, pids))


def is_alive(pid: int) -> bool:
    stat = read_stat(pid)
    return stat is not None and stat[0] != "Z"


def read_stat(pid: int) -> list[str] | None:
    """State, parent and the other fields of a process in /proc; None when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def wait_for[T](check: Callable[[], T], timeout_s: float) -> T:
    """Calls until the result is true. Returns that result, or the last one when the timeout has passed."""
    deadline = time.monotonic() + timeout_s
    while not (result := check()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return result
