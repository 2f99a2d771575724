"""TCP ports of this machine: which are free, and who holds the others (Linux, /proc)."""

import random
import socket
from dataclasses import dataclass
from pathlib import Path

LISTEN = "0A"
# Below the kernel's ephemeral range, from which any client's connection may take a port that was free a moment ago.
PRIVATE_RANGE = range(20000, 32000)


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that listens on a port."""

    pid: int
    command: str

    def __str__(self) -> str:
        return f"process {self.pid} ({self.command})"


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1 at this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_pair() -> tuple[int, int]:
    """Two different free ports. Another process may take one before it is used: be ready to ask again."""
    free = (port for port in random.sample(PRIVATE_RANGE, len(PRIVATE_RANGE)) if is_free(port))
    return next(free), next(free)


def holder(port: int) -> Holder | None:
    """Who listens on the port; None when nobody does, or when it is another user's process."""
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(fd.readlink()) in sockets for fd in (process / "fd").iterdir()):
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                return Holder(int(process.name), command)
        except OSError:
            # It ended while we looked, or it is another user's.
            continue
    return None


def _listening(port: int) -> set[str]:
    inodes = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTEN and int(fields[1].rsplit(":", 1)[1], 16) == port:
                inodes.add(fields[9])
    return inodes
