"""Runs a command that gets a signal when the process that started it dies, even by kill -9.

Run as a program, this module sets the death signal and then executes the command. A `preexec_fn` would be unsafe in a
process with threads. The kernel sends the signal when the starting *thread* ends: start the command from a thread that
lives longer than the command.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def with_death_signal(command: Sequence[str], death_signal: signal.Signals = signal.SIGTERM) -> list[str]:
    """Return the command line that runs `command` and sends it `death_signal` when this process dies."""
    return [sys.executable, "-E", "-S", __file__, str(int(death_signal)), str(os.getpid()), *command]


def exec_with_death_signal(death_signal: int, parent: int, command: list[str]) -> None:
    """Replace this process by the command, which gets the signal when `parent` dies."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, death_signal) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    # If the parent died before prctl took effect, the signal will never come.
    if os.getppid() != parent:
        sys.exit(f"{command[0]} not started: its parent process {parent} has ended")
    os.execvp(command[0], command)


if __name__ == "__main__":
    exec_with_death_signal(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
