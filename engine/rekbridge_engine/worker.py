"""One analysis process: it ends with its parent, loads each model at its first use and runs one job at a time."""

import ctypes
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from rekbridge_engine.celebrity_gallery import Celebrity
from rekbridge_engine.jobs import AnalysisJob

_PR_SET_PDEATHSIG = 1
# From glibc's malloc.h. Blocks from 4 MB on get a mapping of their own; at the end of the heap, 16 MB stay.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_MAX_KEPT_BLOCK, _MAX_KEPT_END = 4 * 1024 * 1024, 16 * 1024 * 1024
# There is one process per core and one image per process: more threads would only compete for the cores.
_THREAD_COUNT_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def initialize(parent_pid: int) -> None:
    """Make this process end with its parent, also if the parent is killed, and limit it to one thread."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(parent_pid)
    os.environ.update(dict.fromkeys(_THREAD_COUNT_VARIABLES, "1"))
    _return_freed_memory()


def end_with_parent(parent_pid: int) -> None:
    """Have the kernel kill this process when its parent ends (on Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # The parent may have died before prctl took effect; then no signal will come.
        if os.getppid() != parent_pid:
            os._exit(1)


def _return_freed_memory() -> None:
    """Have glibc return what an image took to the system when it is freed, and not keep it for the next one.

    By default it learns to keep ever larger blocks, up to 32 MB each, and the gaps between them stay resident.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_M_MMAP_THRESHOLD, _MAX_KEPT_BLOCK)
        libc.mallopt(_M_TRIM_THRESHOLD, _MAX_KEPT_END)


def warm_up() -> None:
    """Import what every call needs. A model is loaded by the first call that needs it."""
    importlib.import_module("rekbridge_engine.vision.actions")


def set_celebrities(celebrities: Sequence[Celebrity]) -> None:
    """Set whom RecognizeCelebrities knows in this process."""
    from rekbridge_engine.vision.celebrities import GALLERY

    GALLERY.celebrities = celebrities


def run_job(job: AnalysisJob) -> dict[str, Any]:
    """Compute the response to a job. Raises ServiceError."""
    from rekbridge_engine.vision.actions import run_action

    return run_action(job)
