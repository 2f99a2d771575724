"""How many requests each caller of the REST API may make: no caller can use up what the API has for all."""

from dataclasses import dataclass, field
from math import ceil

from rekbridge_lambda.domain.errors import Throttled
from rekbridge_lambda.domain.ids import hash_parts
from rekbridge_lambda.domain.rate_limits import CallerThrottle
from rekbridge_lambda.ports import CallerLimitStore, Clock
from rekbridge_lambda.rate_limiting.gcra import SECOND

# Another process may change the item between two attempts.
ATTEMPTS = 3
# An item is of no use once its whole burst is available again. DynamoDB deletes it at this time after that, or later.
EXPIRES_AFTER_S = 3600


@dataclass(slots=True)
class CallerLimiter:
    """Admits requests, with one GCRA per caller that all processes of the API share."""

    throttle: CallerThrottle
    store: CallerLimitStore
    now: Clock
    cache: dict[str, int] = field(default_factory=dict)

    def admit(self, caller: str) -> None:
        """Count one request of a caller (its ARN). Raises Throttled with the wait when it has made too many."""
        caller_id, interval = hash_parts(caller), ceil(SECOND / self.throttle.per_second)
        burst = (self.throttle.burst - 1) * interval
        for _ in range(ATTEMPTS):
            now, tat = self.now() * 1000, self.cache.get(caller_id)
            # A `tat` only grows: a caller who is known to be over its limit costs no write.
            if tat is not None and tat > now:
                break
            expires_at = (now + interval + burst) // SECOND + EXPIRES_AFTER_S
            if tat is None or tat < now - burst:
                restarted = now - burst + interval
                granted, new = self.store.restart(caller_id, restarted, idle_before=now - burst, expires_at=expires_at)
            else:
                granted, new = self.store.advance(caller_id, interval, now - burst, latest=now, expires_at=expires_at)
            if new is None:
                # The item is gone, by a restore of the table or by hand: the next attempt makes it anew.
                self.cache.pop(caller_id, None)
            else:
                self.cache[caller_id] = new
            if granted:
                return
        raise Throttled(
            f"this caller's own limit is {self.throttle.per_second:g} requests a second and {self.throttle.burst} at "
            "once: retry after the time in Retry-After, or ask whoever runs this deployment for a higher "
            "api_caller_throttle",
            retry_in=max(interval, self.cache.get(caller_id, 0) - self.now() * 1000) / SECOND,
        )
