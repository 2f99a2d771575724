"""A LocalStack of one's own on a free port, ended with the test process however that ends."""

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
from rekbridge.support.parent_death_signal import tethered

REGION = "eu-west-3"
ENGINE = "http://127.0.0.1:1"
START_PATIENCE_S = 90


@dataclass(frozen=True)
class LocalStack:
    """One that runs."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path

    def client(self, service: str) -> Any:
        session = localstack_client.session.Session(
            "test", "test", region_name=REGION, localstack_host=f"127.0.0.1:{self.port}"
        )
        # What fails is to be seen, not tried again.
        return session.client(service, config=Config(retries={"total_max_attempts": 1}, read_timeout=70))

    def function(self, source: str, **more: Any) -> str:
        """Creates a function of one module; gives its name."""
        name = f"f-{uuid4().hex[:8]}"
        told = {"Runtime": "python3.13", "Handler": "app.handler", "Role": "arn:aws:iam::000000000000:role/r"} | more
        self.client("lambda").create_function(FunctionName=name, Code={"ZipFile": zipped(source)}, **told)
        return name

    def invoke(self, function: str, event: Any = None) -> Any:
        """What a function answers, or its error."""
        answer = self.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        return json.load(answer["Payload"])


def zipped(source: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("app.py", dedent(source))
    return data.getvalue()


def launched(folder: Path, port: int, **more: str) -> subprocess.Popen[bytes]:
    """The process, started and not waited for."""
    (folder / "tmp").mkdir()
    with (folder / "localstack.log").open("wb") as log:
        return subprocess.Popen(
            tethered(host.command()),
            cwd=folder,
            env=host.environment(folder, port, ENGINE) | more,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def started(folder: Path) -> Iterator[LocalStack]:
    """One that is healthy until the block ends."""
    port, _ = ports.free_pair()
    process = launched(folder, port)
    try:
        healthy = wait_for(lambda: process.poll() is not None or host.healthy(port, process.pid), START_PATIENCE_S)
        assert healthy, f"LocalStack was not healthy within {START_PATIENCE_S} s"
        assert process.poll() is None, (folder / "localstack.log").read_text()
        yield LocalStack(port, process, folder)
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, then end it: a service that LocalStack loads while it ends keeps it from ending."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def offspring(pid: int) -> set[int]:
    """Every living process that this one started, directly or not."""
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        if (state := stat(int(process.name))) and state[0] != "Z":
            parents[int(process.name)] = int(state[1])
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in found | {pid}} - found:
        found |= more
    return found


def dynamodb_port(pid: int) -> int:
    """Where the DynamoDB Local listens that this process started, by its command line."""
    for child in offspring(pid):
        told = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        if "-port" in told:
            return int(told[told.index("-port") + 1])
    raise LookupError("LocalStack runs no DynamoDB Local")


def listening(pids: set[int]) -> dict[int, IPv4Address | IPv6Address]:
    """The TCP ports that these processes listen on, and at which address."""
    held = set()
    for link in (link for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir()):
        with suppress(FileNotFoundError):  # connections come and go
            held.add(str(link.readlink()))
    found = {}
    for table in Path("/proc/net").glob("tcp*"):
        for line in table.read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == ports.LISTEN and f"socket:[{inode}]" in held:
                address, _, port = local.partition(":")
                # Words of four bytes in the machine's order, which is the other way round.
                words = [bytes.fromhex(address)[start : start + 4] for start in range(0, len(address) // 2, 4)]
                found[int(port, 16)] = ip_address(b"".join(word[::-1] for word in words))
    return found


def still_there(pids: set[int]) -> set[int]:
    """Those that have not ended five seconds later."""
    wait_for(lambda: not any(map(alive, pids)), 5)
    return set(filter(alive, pids))


def alive(pid: int) -> bool:
    state = stat(pid)
    return state is not None and state[0] != "Z"


def stat(pid: int) -> list[str] | None:
    """State, parent and so on of a process; None when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def wait_for[T](found: Callable[[], T], patience_s: float) -> T:
    """The first true value that the call gives, or its last one when the patience is over."""
    deadline = time.monotonic() + patience_s
    while not (value := found()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return value
