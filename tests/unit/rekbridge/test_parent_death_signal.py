import os
import select
import signal
import subprocess
import sys

from rekbridge.support.parent_death_signal import with_death_signal

# Starts a command with a death signal, prints its process id, and waits.
PARENT = """
import subprocess, sys
from rekbridge.support.parent_death_signal import with_death_signal
child = subprocess.Popen(with_death_signal(["sleep", "60"]))
print(child.pid, flush=True)
child.wait()
"""


def test_the_command_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        ended, _, _ = select.select([child], [], [], 5)
        os.close(child)
    assert ended


def test_the_process_executes_the_command() -> None:
    done = subprocess.run(with_death_signal(["echo", "here"]), capture_output=True, text=True, check=True)
    assert done.stdout == "here\n"


def test_the_command_is_not_started_when_its_parent_has_ended() -> None:
    command = with_death_signal(["echo", "here"], signal.SIGTERM)
    command[command.index(str(os.getpid()))] = "1"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stdout == ""
