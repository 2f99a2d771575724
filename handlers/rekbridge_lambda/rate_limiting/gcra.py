"""
Arithmetic of the rate limit of one operation in one region: the generic cell rate algorithm (GCRA, ITU-T I.371).

Each traffic class has a GCRA of its own, at its share of the rate. So both together never exceed the rate, and a queue
of one class delays no call of the other. A class may also take the other's call that is due and that nobody reserved.

All times are microseconds since 1970, as integers, so that one conditional write of a table item can apply them.
"""

from math import ceil
from typing import Literal

from rekbridge_lambda.domain.rate_limits import RateLimitState, TrafficClass

SECOND = 1_000_000
# Calls that an idle region accepts at once, in time. AWS documents no burst size of Rekognition; half a second was
# chosen by simulation (tests/performance/limiter_simulation.py).
BURST = SECOND // 2

# Maximum lookahead: how far in the future a reserved call of the own share may lie. A call at home is worth a short
# wait; a worker's message can wait in its queue instead, a synchronous caller cannot.
HOME_MAX_LOOKAHEAD = SECOND
MAX_LOOKAHEAD: dict[TrafficClass, int] = {"workers": 2 * SECOND, "api": 5 * SECOND}
# A call this near is taken before one waits longer for another: in the own share, in the other class's share. The
# second is how much later the other class may find its next call.
NEAR_LOOKAHEAD = SECOND // 4
BORROW_LOOKAHEAD = SECOND // 10
OTHER_CLASS: dict[TrafficClass, TrafficClass] = {"workers": "api", "api": "workers"}

# How long a state that was read tells whether a share is idle.
STATE_VALID_FOR = 2 * SECOND

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


def compute_emission_interval(state: RateLimitState, quota: float, share: float, now: int) -> int:
    """Microseconds between two calls of a share; rounded up, because a rate must not exceed the quota."""
    return ceil(SECOND / (share * compute_rate(state, quota, now)))


def compute_burst(state: RateLimitState, quota: float, now: int) -> int:
    """The time of idleness that a share can use up at once.

    A GCRA grants one call more than its burst. There are two: less one call's time, both grant no more than one would.
    """
    return max(0, BURST - ceil(SECOND / compute_rate(state, quota, now)))


def compute_decreased_rate(state: RateLimitState, quota: float, now: int) -> int:
    """The rate after a throttle, in thousandths of a call a second."""
    return ceil(1000 * max(DECREASE_FACTOR * compute_rate(state, quota, now), MIN_RATE_SHARE * quota))


def compute_wait(state: RateLimitState, share_of: TrafficClass, now: int, max_lookahead: int) -> int:
    """Microseconds until a call of a share can be reserved; for a cached state, the least that it can be."""
    if state.open_until is not None:
        return max(0, state.open_until - now)
    return max(0, (state.get_tat(share_of) or 0) - now - max_lookahead)


def compute_least_wait(state: RateLimitState, traffic_class: TrafficClass, now: int, max_lookahead: int) -> int:
    """Microseconds until a traffic class can reserve a call, in its own share or in the other one."""
    other = compute_wait(state, OTHER_CLASS[traffic_class], now, min(BORROW_LOOKAHEAD, max_lookahead))
    return min(other, compute_wait(state, traffic_class, now, max_lookahead))


def choose_share(
    state: RateLimitState, traffic_class: TrafficClass, now: int, max_lookahead: int
) -> tuple[TrafficClass, int] | None:
    """The share to reserve a call in, and its maximum lookahead; None when there is no call or the circuit is open.

    The earlier of two near calls: the own share's, or the other's that its class has not reserved until just before
    its time. Else the own share's, as far as the lookahead permits.
    """
    other = OTHER_CLASS[traffic_class]
    near = traffic_class, min(NEAR_LOOKAHEAD, max_lookahead)
    borrowed = other, min(BORROW_LOOKAHEAD, max_lookahead)
    is_other_earlier = (state.get_tat(other) or 0) < (state.get_tat(traffic_class) or 0)
    choices = (borrowed, near) if is_other_earlier else (near, borrowed)
    for share_of, lookahead in (*choices, (traffic_class, max_lookahead)):
        if not compute_wait(state, share_of, now, lookahead):
            return share_of, lookahead
    return None


def is_idle(state: RateLimitState, share_of: TrafficClass, burst: int, seen_at: int, now: int) -> bool:
    """Whether a share has probably its whole burst available, by a state that was read at `seen_at`.

    The cached `tat` alone would call each share idle half a second after it was read, also at full load.
    """
    tat = state.get_tat(share_of)
    if state.open_until is not None or tat is None:
        return state.open_until is None
    was_idle = tat < seen_at - burst * 9 // 10
    return tat < now - burst and (was_idle or seen_at < now - STATE_VALID_FOR)


def get_circuit(state: RateLimitState, now: int) -> Literal["closed", "open", "half-open"]:
    """The circuit breaker of a region: half-open once its time is over, until a probe closes or opens it."""
    if state.open_until is None:
        return "closed"
    return "open" if state.open_until > now else "half-open"
