import os
import select
import signal
import subprocess
import sys

from rekbridge.support.parent_death_signal import tethered

# A process that starts a tethered one, tells its id, and waits.
PARENT = """
import subprocess, sys
from rekbridge.support.parent_death_signal import tethered
child = subprocess.Popen(tethered(["sleep", "60"]))
print(child.pid, flush=True)
child.wait()
"""


def test_a_tethered_command_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        ended, _, _ = select.select([child], [], [], 5)
        os.close(child)
    assert ended


def test_a_tethered_command_is_the_command_itself() -> None:
    done = subprocess.run(tethered(["echo", "here"]), capture_output=True, text=True, check=True)
    assert done.stdout == "here\n"


def test_nothing_is_started_for_a_parent_that_is_gone() -> None:
    command = tethered(["echo", "here"], signal.SIGTERM)
    command[command.index(str(os.getpid()))] = "1"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stdout == ""
