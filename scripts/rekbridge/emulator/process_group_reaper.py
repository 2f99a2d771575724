"""Leads the process group of a local cloud's servers and kills the group when the supervisor is gone.

It is a separate process because a killed supervisor cannot stop anything, and a busy function worker outlives its
emulator. It inherits the cloud's lock, so the lock is free only when no process of the cloud runs any more.
"""

import os
import select
import signal
import sys
import time
from pathlib import Path

SHUTDOWN_TIMEOUT_S = 10.0


def list_other_members(group: int) -> list[int]:
    """Return the ids of the group's processes, without this process and without zombies."""
    members = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # The name may contain spaces and brackets. After it: state, parent, process group.
            state, _, process_group = (process / "stat").read_text().rpartition(")")[2].split()[:3]
        except OSError:
            # The process ended during the search.
            continue
        if int(process_group) == group and state != "Z" and int(process.name) != os.getpid():
            members.append(int(process.name))
    return members


def main() -> None:
    """Wait until the parent ends, then send SIGTERM to the group, then SIGKILL, which kills this process too."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    supervisor = int(sys.argv[1])
    descriptor = os.pidfd_open(supervisor)
    if os.getppid() == supervisor:
        print("ready", flush=True)
        select.select([descriptor], [], [])
    group = os.getpgrp()
    os.killpg(group, signal.SIGTERM)
    deadline = time.monotonic() + SHUTDOWN_TIMEOUT_S
    while list_other_members(group) and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
