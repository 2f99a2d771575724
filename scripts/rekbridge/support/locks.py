"""One at a time across processes, by flock: the kernel gives a lock back however its holder ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(path: Path) -> Iterator[int]:
    """Hold the lock, waiting for it; gives its descriptor, which a child may inherit to hold it longer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock."""
    if not path.exists():
        return True
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def wait_free(path: Path, patience_s: float) -> bool:
    """Wait until nobody holds the lock; False when somebody still does."""
    deadline = time.monotonic() + patience_s
    while not is_free(path):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
