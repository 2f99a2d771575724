"""Records of the shared rate limit. All times are microseconds since 1970, as integers."""

from dataclasses import dataclass
from typing import Literal

# Who calls Rekognition: ANALYZE for uploads, API for its callers. Each is guaranteed a share of every quota.
type TrafficClass = Literal["workers", "api"]


@dataclass(frozen=True, slots=True)
class QuotaShares:
    """The part of every quota that each traffic class is guaranteed, above 0; together they are the whole quota."""

    workers: float

    def get_share(self, traffic_class: TrafficClass) -> float:
        """The share of one traffic class."""
        return self.workers if traffic_class == "workers" else 1 - self.workers


@dataclass(frozen=True, slots=True)
class CallerThrottle:
    """Requests a second that one caller of the REST API may make, and how many at once."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class RateLimitState:
    """One operation in one region, as its table item has it.

    `workers_tat` and `api_tat` are the theoretical arrival times (GCRA) of the next call in each share, `rate_milli`
    the rate of both in thousandths of a call a second that was set at `decreased_at` after a throttle, `open_until`
    the time until which the circuit of the region is open.
    """

    workers_tat: int | None = None
    api_tat: int | None = None
    rate_milli: int | None = None
    decreased_at: int | None = None
    open_until: int | None = None

    def get_tat(self, traffic_class: TrafficClass) -> int | None:
        """The theoretical arrival time of the next call in one share; None when it was never used."""
        return self.workers_tat if traffic_class == "workers" else self.api_tat


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
