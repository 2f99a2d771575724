"""Quotas in calls per second, by region and action: one token bucket each, full at the start, one second deep."""

import time
from collections.abc import Callable, Mapping

from rekbridge_engine.control_scripts import is_number


class QuotaEnforcer:
    """Enforces the quota of every region and action as AWS does: calls above it are refused, not delayed."""

    def __init__(self, default_tps: Mapping[str, Mapping[str, int]], now: Callable[[], float] = time.monotonic) -> None:
        self._default_tps = default_tps
        self._now = now
        # Tokens in the bucket, and when they were counted.
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}
        self._overrides: dict[tuple[str, str], float] = {}

    def set_quota(self, region: str, action: str, tps: float) -> None:
        """Replace a quota, with a full bucket. Raises ValueError if the region lacks the action or tps is below 1."""
        if action not in self._default_tps.get(region, {}):
            raise ValueError(f"region {region!r} has no operation {action!r}; its quota cannot be set")
        # A bucket that holds less than one token would never admit a call.
        if not (is_number(tps) and tps >= 1):
            raise ValueError("tps must be a number of at least 1")
        self._overrides[region, action] = float(tps)
        self._buckets.pop((region, action), None)

    def reset(self) -> None:
        """Restore the default quotas, with full buckets."""
        self._overrides.clear()
        self._buckets.clear()

    def try_take(self, region: str, action: str) -> bool:
        """Take one token; False if the quota is used up."""
        tps, now = self._overrides.get((region, action), float(self._default_tps[region][action])), self._now()
        tokens, counted_at = self._buckets.get((region, action), (tps, now))
        tokens = min(tps, tokens + (now - counted_at) * tps)
        is_admitted = tokens >= 1
        self._buckets[region, action] = (tokens - is_admitted, now)
        return is_admitted
