"""Waits for something that happens elsewhere."""

import time
from collections.abc import Callable

TIMEOUT_S = 180.0
POLL_INTERVAL_S = 0.1


def wait_until[Value](
    probe: Callable[[], Value],
    description: str,
    timeout_s: float = TIMEOUT_S,
    interval_s: float = POLL_INTERVAL_S,
) -> Value:
    """Call `probe` every `interval_s` seconds until it returns something true, and return that.

    Raises TimeoutError with the description and the last value.
    """
    deadline = time.monotonic() + timeout_s
    while not (value := probe()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {timeout_s:.0f} s: {description}; the last check returned {value!r}")
        time.sleep(interval_s)
    return value
