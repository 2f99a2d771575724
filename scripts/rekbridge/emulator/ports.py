"""TCP ports of this machine: which are free, and which processes listen on the others (Linux, /proc)."""

import random
import socket
from dataclasses import dataclass
from pathlib import Path

LISTEN = "0A"
# Below the kernel's ephemeral range: from that range any client connection may take a port at any moment.
PRIVATE_RANGE = range(20000, 32000)


@dataclass(frozen=True, slots=True)
class ListeningProcess:
    """A process that listens on a port."""

    pid: int
    command: str

    def __str__(self) -> str:
        return f"process {self.pid} ({self.command})"


def is_free(port: int) -> bool:
    """Return whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def find_free_pair() -> tuple[int, int]:
    """Return two different free ports. Another process may take one before it is used: the caller must retry then."""
    free_ports = (port for port in random.sample(PRIVATE_RANGE, len(PRIVATE_RANGE)) if is_free(port))
    return next(free_ports), next(free_ports)


def find_listener(port: int) -> ListeningProcess | None:
    """Return the process that listens on the port; None if there is none or it belongs to another user."""
    sockets = {f"socket:[{inode}]" for inode in _list_socket_inodes(port)}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(fd.readlink()) in sockets for fd in (process / "fd").iterdir()):
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                return ListeningProcess(int(process.name), command)
        except OSError:
            # The process ended during the search, or it belongs to another user.
            continue
    return None


def _list_socket_inodes(port: int) -> set[str]:
    inodes = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTEN and int(fields[1].rsplit(":", 1)[1], 16) == port:
                inodes.add(fields[9])
    return inodes
