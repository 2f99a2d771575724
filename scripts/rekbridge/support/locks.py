"""Locks between processes, by flock: the kernel releases a lock however its holder ends."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# The file descriptors, by path.
_HELD_UNTIL_EXIT: dict[Path, int] = {}


@contextmanager
def hold(path: Path) -> Iterator[int]:
    """Wait for the lock and hold it. Yields its file descriptor: a child that inherits it holds the lock, too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def hold_until_exit(path: Path, describe_wait: Callable[[str], None]) -> None:
    """Hold a lock until this process ends; the same process may call it again.

    If another process holds it, `describe_wait` gets that process, in words, before this one waits. No child inherits
    the lock: one that outlives this process would keep it.
    """
    if path in _HELD_UNTIL_EXIT:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        describe_wait(f"process {path.read_text().strip() or 'unknown'}")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    _HELD_UNTIL_EXIT[path] = descriptor


def is_free(path: Path) -> bool:
    """Return whether no process holds the lock."""
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


def wait_until_free(path: Path, timeout_s: float) -> bool:
    """Wait until no process holds the lock. Returns False when one still does after `timeout_s` seconds."""
    deadline = time.monotonic() + timeout_s
    while not is_free(path):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
