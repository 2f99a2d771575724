"""Calls a second per region and action: a token bucket each, full at the start and as deep as one second."""

import time
from collections.abc import Callable, Mapping


class Quotas:
    """The quota of every region and action, enforced as AWS does: what comes too fast is refused, not delayed."""

    def __init__(self, rates: Mapping[str, Mapping[str, int]], now: Callable[[], float] = time.monotonic) -> None:
        self._rates = rates
        self._now = now
        self._levels: dict[tuple[str, str], tuple[float, float]] = {}
        self._given: dict[tuple[str, str], float] = {}

    def give(self, region: str, action: str, tps: float) -> None:
        """Let a region take so many calls a second from now on. Raises ValueError where it takes none."""
        if action not in self._rates.get(region, {}):
            raise ValueError(f"{region or 'no region'} has no {action or 'action'} to give a quota to")
        # A bucket that holds less than one call would admit none.
        if not (isinstance(tps, int | float) and tps >= 1):
            raise ValueError("tps must be a number from 1")
        self._given[region, action] = float(tps)
        self._levels.pop((region, action), None)

    def restore(self) -> None:
        """Back to the defaults."""
        self._given.clear()
        self._levels.clear()

    def take(self, region: str, action: str) -> bool:
        """Take one call; False where the quota of this second is used up."""
        rate, at = self._given.get((region, action), float(self._rates[region][action])), self._now()
        level, since = self._levels.get((region, action), (rate, at))
        level = min(rate, level + (at - since) * rate)
        taken = level >= 1
        self._levels[region, action] = (level - taken, at)
        return taken
