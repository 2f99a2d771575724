"""Records of the shared rate limit. All times are microseconds since 1970, as integers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimitState:
    """One operation in one region, as its table item has it.

    `tat` is the theoretical arrival time of the next call (GCRA), `rate_milli` the rate in thousandths of a call a
    second that was set at `decreased_at` after a throttle, `open_until` the time until which its circuit is open.
    """

    tat: int | None = None
    rate_milli: int | None = None
    decreased_at: int | None = None
    open_until: int | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """The right to make one call at the time `at`; a probe finds out whether a region works again.

    `quota` is the region's configured quota in calls a second.
    """

    operation: str
    region: str
    quota: float
    at: int
    issued_at: int
    is_probe: bool = False
