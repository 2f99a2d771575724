"""Calls a second per region and action: a token bucket each, full at the start and as deep as one second."""

import time
from collections.abc import Callable, Mapping


class Quotas:
    """Default quotas of every region and action, enforced as AWS does: what comes too fast is refused, not delayed."""

    def __init__(self, rates: Mapping[str, Mapping[str, int]], now: Callable[[], float] = time.monotonic) -> None:
        self._rates = rates
        self._now = now
        self._levels: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, region: str, action: str) -> bool:
        """Take one call; False where the quota of this second is used up."""
        rate, at = self._rates[region][action], self._now()
        level, since = self._levels.get((region, action), (float(rate), at))
        level = min(float(rate), level + (at - since) * rate)
        taken = level >= 1
        self._levels[region, action] = (level - taken, at)
        return taken
