"""Leads the process group of a local cloud's children and ends the group once the supervisor is gone.

A process of its own, because a killed supervisor ends nothing, and a busy function worker outlives its emulator.
It inherits the cloud's lock: the lock is free only when nothing of the cloud runs any more.
"""

import os
import select
import signal
import sys
import time
from pathlib import Path

GRACE_S = 10.0


def others(group: int) -> list[int]:
    """The group's processes besides this one, zombies left out."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # After the name, which may hold blanks and brackets: state, parent, group.
            state, _, its_group = (process / "stat").read_text().rpartition(")")[2].split()[:3]
        except OSError:
            # It ended while we looked.
            continue
        if int(its_group) == group and state != "Z" and int(process.name) != os.getpid():
            found.append(int(process.name))
    return found


def main() -> None:
    """Wait for the parent's end, then ask the group to end, then end it, this process included."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    supervisor = int(sys.argv[1])
    descriptor = os.pidfd_open(supervisor)
    if os.getppid() == supervisor:
        print("guarding", flush=True)
        select.select([descriptor], [], [])
    group = os.getpgrp()
    os.killpg(group, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    while others(group) and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
