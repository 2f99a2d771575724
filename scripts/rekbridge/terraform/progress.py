"""Runs a long command of Terraform and reads its output line by line, while it runs.

The output goes to a file, not to a pipe: with a pipe, Terraform would die of the first line that it prints after its
reader was killed, in the midst of an apply, before its state is saved and unlocked.
"""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

POLL_S = 0.05


def run(command: Sequence[str], environment: Mapping[str, str], log: Path, read_line: Callable[[str], None]) -> int:
    """Run the command with its output in `log`, pass every line to `read_line`, and return the exit code.

    After Ctrl-C it waits for the command, which got the same signal.
    """
    # It names resources and quotes their values in errors.
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        os.fdopen(descriptor, "w") as output,
        log.open(errors="replace") as lines,
        subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            unfinished = ""
            while True:
                has_ended = process.poll() is not None
                # What was read after the end of the process is complete.
                *complete, unfinished = (unfinished + lines.read()).split("\n")
                for line in complete:
                    read_line(line)
                if has_ended:
                    break
                time.sleep(POLL_S)
        except KeyboardInterrupt:
            # Terraform writes its state and ends by itself.
            process.wait()
            raise
        if unfinished:
            read_line(unfinished)
        return process.returncode
