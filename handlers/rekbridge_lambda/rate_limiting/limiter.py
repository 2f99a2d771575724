"""Where and when the next call goes: home first, then regions with quota left, at a rate that all workers share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import log

from rekbridge_lambda.domain.errors import Throttled
from rekbridge_lambda.domain.operations import DeployedOperation
from rekbridge_lambda.domain.rate_limits import QuotaShares, RateLimitState, Reservation, TrafficClass
from rekbridge_lambda.ports import Clock, RateLimitStore
from rekbridge_lambda.rate_limiting import gcra

# A region that had no near call is not tried again for so long: each attempt is a write.
RECENTLY_FULL_FOR = gcra.SECOND
ATTEMPTS = 4

type LimitKey = tuple[str, str]


@dataclass(slots=True)
class RegionRateLimiter:
    """Reserves calls of a traffic class in the shared table. States are cached, which saves writes."""

    home_region: str
    traffic_class: TrafficClass
    shares: QuotaShares
    store: RateLimitStore
    now: Clock
    rng: Callable[[], float]
    cache: dict[LimitKey, RateLimitState] = field(default_factory=dict)
    seen_at: dict[LimitKey, int] = field(default_factory=dict)
    failures: dict[LimitKey, int] = field(default_factory=dict)
    recently_full: dict[LimitKey, int] = field(default_factory=dict)

    @property
    def max_lookahead(self) -> int:
        """How far in the future a reserved call may lie, in microseconds."""
        return gcra.MAX_LOOKAHEAD[self.traffic_class]

    def reserve(self, operation: DeployedOperation) -> Reservation:
        """Reserve a call in one of the operation's regions. Raises Throttled with the wait when none is near enough."""
        for region, lookahead in self.iterate_candidates(operation):
            if reservation := self.reserve_in(operation, region, lookahead):
                return reservation
        now, name = self.now_us(), operation.name
        waits = {
            region: gcra.compute_least_wait(
                self.get_cached_state(name, region), self.traffic_class, now, self.max_lookahead
            )
            for region in operation.regions
        }
        listed = ", ".join(f"{region} {wait / gcra.SECOND:.1f} s" for region, wait in waits.items())
        raise Throttled(
            f"every region is full or down for {name}: {listed}", retry_in=min(waits.values()) / gcra.SECOND
        )

    def iterate_candidates(self, operation: DeployedOperation) -> Iterator[tuple[str, int]]:
        """Regions in the order to try them, each with its maximum lookahead in microseconds."""
        if self.home_region in operation.regions:
            yield self.home_region, min(gcra.HOME_MAX_LOOKAHEAD, self.max_lookahead)
        regions = self.shuffle_by_rate(operation)
        if len(regions) > 1:
            yield from (
                (region, gcra.NEAR_LOOKAHEAD) for region in regions if not self.was_recently_full(operation, region)
            )
        yield from ((region, self.max_lookahead) for region in regions)

    def shuffle_by_rate(self, operation: DeployedOperation) -> list[str]:
        """The regions in weighted random order: each comes first as often as its share of all rates.

        Weighted random sampling after Efraimidis and Spirakis, 2006.
        """
        now, name = self.now_us(), operation.name

        def draw_sort_key(region: str) -> float:
            quota = operation.regions[region]
            rate = gcra.compute_rate(self.get_cached_state(name, region), quota.tps, now)
            return -log(1 - self.rng()) / (quota.weight * rate)

        return sorted(operation.regions, key=draw_sort_key)

    def was_recently_full(self, operation: DeployedOperation, region: str) -> bool:
        """Whether an attempt in this region failed a moment ago."""
        return self.recently_full.get((operation.name, region), 0) > self.now_us() - RECENTLY_FULL_FOR

    def reserve_in(self, operation: DeployedOperation, region: str, lookahead: int) -> Reservation | None:
        """Reserve the next call in one region; None when it is too far ahead, or the circuit is open."""
        key, tps = (operation.name, region), operation.regions[region].tps
        # Near in the own share, due in the other one, far in the own one; and one more attempt, because another worker
        # may change the item in between.
        was_full = 0
        for _ in range(ATTEMPTS):
            state, now = self.get_cached_state(*key), self.now_us()
            choice = gcra.choose_share(state, self.traffic_class, now, lookahead)
            if choice is None:
                break
            share_of, latest = choice[0], now + choice[1]
            interval = gcra.compute_emission_interval(state, tps, self.shares.get_share(share_of), now)
            burst = gcra.compute_burst(state, tps, now)
            if state.open_until is not None:
                granted, new = self.store.claim_probe(*key, until=now + gcra.OPEN_FOR, expected=state.open_until)
            elif key in self.cache and gcra.is_idle(state, share_of, burst, self.seen_at[key], now):
                tat = now - burst + interval
                granted, new = self.store.restart(*key, share_of, tat=tat, idle_before=now - burst)
            else:
                granted, new = self.store.advance(
                    *key, share_of, emission_interval=interval, earliest=now - burst, latest=latest
                )
            self.remember(key, new)
            if granted:
                is_probe = state.open_until is not None
                at = now if is_probe else max(now, (new.get_tat(share_of) or now) - interval)
                return Reservation(*key, tps, at, issued_at=now, is_probe=is_probe)
            was_full = now
        if was_full:
            self.recently_full[key] = was_full
        return None

    def report_success(self, reservation: Reservation) -> None:
        """The region answered, with whatever result."""
        key = reservation.operation, reservation.region
        self.failures.pop(key, None)
        if reservation.is_probe:
            self.remember(key, self.store.close_circuit(*key))

    def report_throttle(self, reservation: Reservation) -> None:
        """The quota is lower than expected: decrease the rate, once a second, and once per earlier decrease."""
        self.report_success(reservation)
        key, now = (reservation.operation, reservation.region), self.now_us()
        # A call that was reserved before the last decrease says nothing about the rate after it.
        state, last_before = self.get_cached_state(*key), min(reservation.issued_at, now - gcra.DECREASE_EVERY)
        if state.decreased_at is None or state.decreased_at < last_before:
            rate_milli = gcra.compute_decreased_rate(state, reservation.quota, now)
            self.remember(key, self.store.decrease_rate(*key, rate_milli=rate_milli, at=now, last_before=last_before))

    def report_failure(self, reservation: Reservation) -> None:
        """The region did not answer; after three failures in a row its circuit opens for half a minute."""
        key = reservation.operation, reservation.region
        self.failures[key] = self.failures.get(key, 0) + 1
        if reservation.is_probe or self.failures[key] >= gcra.FAILURES_TO_OPEN:
            self.open_circuit(reservation, gcra.OPEN_FOR)

    def report_refusal(self, reservation: Reservation) -> None:
        """This account may not call the region: its circuit opens for five minutes, with an alarm."""
        self.open_circuit(reservation, gcra.REFUSED_OPEN_FOR)

    def open_circuit(self, reservation: Reservation, duration: int) -> None:
        """Open the circuit breaker; a probe replaces the time that its own claim has set."""
        key = reservation.operation, reservation.region
        expected = self.get_cached_state(*key).open_until if reservation.is_probe else None
        self.failures.pop(key, None)
        self.remember(key, self.store.open_circuit(*key, until=self.now_us() + duration, expected=expected)[1])

    def remember(self, key: LimitKey, state: RateLimitState) -> None:
        """Cache the state that was read now."""
        self.cache[key], self.seen_at[key] = state, self.now_us()

    def get_cached_state(self, operation: str, region: str) -> RateLimitState:
        """The state that this process saw last."""
        return self.cache.get((operation, region), RateLimitState())

    def now_us(self) -> int:
        """The time in microseconds."""
        return self.now() * 1000
