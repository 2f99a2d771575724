"""A process that ends with LocalStack, however that ends, and takes with it what it started."""

import os
import select
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rekbridge_localstack.tether import tethered

# The kernel ends a tethered process with the *thread* that started it. LocalStack's come and go; this one stays.
_STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lambda-starter")


class Process:
    """Leads a process group of its own. Any thread may kill it; one closes it, once."""

    def __init__(self, command: list[str], **how: Any) -> None:
        tied = tethered(command, signal.SIGKILL)
        starting = _STARTER.submit(lambda: subprocess.Popen(tied, process_group=0, stdin=subprocess.DEVNULL, **how))
        self._popen = starting.result()
        self.ended = os.pidfd_open(self._popen.pid)  # readable once it has ended
        self._closing = threading.Lock()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return not select.select([self.ended], [], [], 0)[0]

    def peak_mb(self) -> int:
        """The most memory that it ever had; 0 when it has ended."""
        status = Path(f"/proc/{self._popen.pid}/status").read_text().splitlines()
        return sum(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) // 1024

    def end(self) -> str:
        """Wait for its end, and end what it started; tells how it ended in Lambda's words."""
        end = os.waitid(os.P_PIDFD, self.ended, os.WEXITED | os.WNOWAIT)
        assert end is not None
        # As long as nobody has taken its exit status, its group's number is nobody else's.
        os.killpg(self._popen.pid, signal.SIGKILL)
        return f"exit status {end.si_status}" if end.si_code == os.CLD_EXITED else f"signal {end.si_status}"

    def kill(self) -> None:
        """End it, unless it is closed."""
        with self._closing:
            if self._popen.returncode is None:
                signal.pidfd_send_signal(self.ended, signal.SIGKILL)

    def close(self) -> None:
        """End it and what it started, and give everything back."""
        self.kill()
        self.end()
        with self._closing:
            self._popen.wait()
            os.close(self.ended)
