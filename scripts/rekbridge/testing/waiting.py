"""Waiting for what happens elsewhere: until it has happened, and never longer than is reasonable."""

import time
from collections.abc import Callable

PATIENCE_S = 180.0
PAUSE_S = 0.1


def until[Found](probe: Callable[[], Found], what: str, patience_s: float = PATIENCE_S) -> Found:
    """The first answer of `probe` that is true. Raises TimeoutError telling what did not come, and the last answer."""
    deadline = time.monotonic() + patience_s
    while not (found := probe()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {patience_s:.0f} s, the last look gave {found!r}")
        time.sleep(PAUSE_S)
    return found
