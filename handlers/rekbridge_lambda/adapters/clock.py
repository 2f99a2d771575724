"""The clock."""

import time


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def sleep_ms(milliseconds: int) -> None:
    """Wait so many milliseconds; returns at once for zero or less."""
    if milliseconds > 0:
        time.sleep(milliseconds / 1000)
