"""Time, and waiting for it."""

import time


def now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def pause(milliseconds: int) -> None:
    """Come back so much later; at once for nothing or less."""
    if milliseconds > 0:
        time.sleep(milliseconds / 1000)
