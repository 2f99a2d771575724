"""One analysis process: it ends with its parent, loads its models once and takes one job at a time."""

import ctypes
import os
import signal
import sys
from typing import Any

from engine.job import Job

_PR_SET_PDEATHSIG = 1
# One picture per process and a process per core: threads inside would only fight over them.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def start(parent: int) -> None:
    """Tie this process to its parent, even to a parent that is killed, and keep it to one thread."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))


def warm() -> None:
    """Load every model and run it once: the first picture of a caller should not pay for it."""
    from engine.vision.answers import warm

    warm()


def run(job: Job) -> dict[str, Any]:
    """The answer to a job. Raises ServiceError."""
    from engine.vision.answers import answer

    return answer(job)
