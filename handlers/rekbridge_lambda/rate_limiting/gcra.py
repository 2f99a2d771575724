"""
Arithmetic of the rate limit of one operation in one region: the generic cell rate algorithm (GCRA, ITU-T I.371).

All times are microseconds since 1970, as integers, so that one conditional write of a table item can apply them.
"""

from math import ceil
from typing import Literal

from rekbridge_lambda.domain.rate_limits import RateLimitState

SECOND = 1_000_000
# Calls that an idle region accepts at once, in time. AWS documents no burst size of Rekognition; half a second was
# chosen by simulation (tests/performance/limiter_simulation.py).
BURST = SECOND // 2

# Maximum lookahead: how far in the future a reserved call may lie. A call at home is worth a short wait; synchronous
# callers look further ahead than queue workers, so that a backlog of workers cannot starve them.
HOME_MAX_LOOKAHEAD = SECOND
WORKER_MAX_LOOKAHEAD = 2 * SECOND
API_MAX_LOOKAHEAD = 5 * SECOND

# A throttle decreases the rate, at most once a second; it recovers by a quarter of a percent of the quota a second.
DECREASE_FACTOR = 0.95
DECREASE_EVERY = SECOND
RECOVERY_PER_S = 0.0025
MIN_RATE_SHARE = 0.05

# Circuit breaker: failures in a row that open it, and for how long it stays open. A refusal needs a person.
FAILURES_TO_OPEN = 3
OPEN_FOR = 30 * SECOND
REFUSED_OPEN_FOR = 300 * SECOND


def compute_rate(state: RateLimitState, quota: float, now: int) -> float:
    """Calls a second that the region is expected to accept: its quota, or what throttles have left of it."""
    if state.decreased_at is None or state.rate_milli is None:
        return quota
    recovered = RECOVERY_PER_S * quota * (now - state.decreased_at) / SECOND
    return min(quota, max(state.rate_milli / 1000 + recovered, MIN_RATE_SHARE * quota))


def compute_emission_interval(state: RateLimitState, quota: float, now: int) -> int:
    """Microseconds between two calls; rounded up, because a rate must not exceed the quota."""
    return ceil(SECOND / compute_rate(state, quota, now))


def compute_decreased_rate(state: RateLimitState, quota: float, now: int) -> int:
    """The rate after a throttle, in thousandths of a call a second."""
    return ceil(1000 * max(DECREASE_FACTOR * compute_rate(state, quota, now), MIN_RATE_SHARE * quota))


def compute_wait(state: RateLimitState, now: int, max_lookahead: int) -> int:
    """Microseconds until a call can be reserved; for a cached state, the least that it can be."""
    if state.open_until is not None:
        return max(0, state.open_until - now)
    return max(0, (state.tat or 0) - now - max_lookahead)


def is_idle(state: RateLimitState, now: int) -> bool:
    """Whether no call was reserved for so long that the whole burst is available again."""
    return state.open_until is None and (state.tat is None or state.tat < now - BURST)


def get_circuit(state: RateLimitState, now: int) -> Literal["closed", "open", "half-open"]:
    """The circuit breaker of a region: half-open once its time is over, until a probe closes or opens it."""
    if state.open_until is None:
        return "closed"
    return "open" if state.open_until > now else "half-open"
