"""Ties a command to the process that starts it: when that one dies, kill -9 included, the command gets a signal.

Run as a program it sets the death signal and becomes the command: a `preexec_fn` is unsafe in a process with threads.
The signal is tied to the starting *thread*: start from one that outlives the command.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def tethered(command: Sequence[str], death_signal: signal.Signals = signal.SIGTERM) -> list[str]:
    """The command line that runs `command` and sends it `death_signal` when this process dies."""
    return [sys.executable, "-E", "-S", __file__, str(int(death_signal)), str(os.getpid()), *command]


def become(death_signal: int, parent: int, command: list[str]) -> None:
    """Turn this process into the command, tied to `parent`."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, death_signal) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    # The parent may have died before prctl took effect; nobody would send the signal then.
    if os.getppid() != parent:
        sys.exit(f"not started: process {parent}, which wanted {command[0]}, is gone")
    os.execvp(command[0], command)


if __name__ == "__main__":
    become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
