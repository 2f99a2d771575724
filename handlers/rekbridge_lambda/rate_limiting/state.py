"""
The pace of one operation in one region, shared by every worker: a turnstile in time, as the generic cell rate algorithm
(ITU-T I.371) has it. All times are microseconds since 1970, all integers, so that a table can do the arithmetic.
"""

from dataclasses import dataclass
from math import ceil

SECOND = 1_000_000
# What an idle region gives at once. AWS documents no size of Rekognition's bucket; see tests/performance/placement.py.
BURST = SECOND // 2

# How far ahead a slot may lie: home is worth a wait, "analyze now" must not starve behind a backlog of workers.
HOME_AHEAD = SECOND
WORKER_AHEAD = 2 * SECOND
API_AHEAD = 5 * SECOND

# A throttle cuts the rate, at most once a second; it comes back by a quarter of a percent of the quota a second.
CUT = 0.95
CUT_EVERY = SECOND
RECOVERY = 0.0025
LEAST = 0.05

# A region that fails is left alone; one that refuses us needs a person.
FAILURES_TO_OPEN = 3
OPEN_FOR = 30 * SECOND
REFUSED_FOR = 300 * SECOND


@dataclass(frozen=True, slots=True)
class Lane:
    """One operation in one region: the time of its next slot, what throttles taught, until when its breaker is open."""

    tat: int | None = None
    rate_milli: int | None = None
    cut_at: int | None = None
    open_until: int | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """The right to make one call at a time, or, as a probe, to find out whether a region is well again.

    `quota` is the region's in calls a second as it is configured.
    """

    operation: str
    region: str
    quota: float
    at: int
    issued: int
    probe: bool = False


def rate(lane: Lane, quota: float, now: int) -> float:
    """Calls a second that the region is thought to take: its quota, or what is left of it after throttles."""
    if lane.cut_at is None or lane.rate_milli is None:
        return quota
    recovered = RECOVERY * quota * (now - lane.cut_at) / SECOND
    return min(quota, max(lane.rate_milli / 1000 + recovered, LEAST * quota))


def interval(lane: Lane, quota: float, now: int) -> int:
    """Microseconds between two slots; rounded up, for a rate must not exceed the quota."""
    return ceil(SECOND / rate(lane, quota, now))


def cut(lane: Lane, quota: float, now: int) -> int:
    """The rate after a throttle, in thousandths of a call a second."""
    return ceil(1000 * max(CUT * rate(lane, quota, now), LEAST * quota))


def wait(lane: Lane, now: int, ahead: int) -> int:
    """Microseconds until a slot can lie within reach; of a lane seen earlier the least that it can be."""
    if lane.open_until is not None:
        return max(0, lane.open_until - now)
    return max(0, (lane.tat or 0) - now - ahead)


def idle(lane: Lane, now: int) -> bool:
    """Whether nobody took a slot for so long that the whole burst is there again."""
    return lane.open_until is None and (lane.tat is None or lane.tat < now - BURST)
