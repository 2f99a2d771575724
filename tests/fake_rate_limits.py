"""The rate limit in memory: a region selector that always has a reservation, and the store that workers share."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rekbridge_lambda.domain.operations import DeployedOperation
from rekbridge_lambda.domain.rate_limits import RateLimitState, Reservation, TrafficClass


@dataclass
class FakeRegionSelector:
    """Reserves a call in the first region at once; `reports` are the outcomes that were reported to it."""

    error: Exception | None = None
    reports: list[tuple[str, str]] = field(default_factory=list)

    def reserve(self, operation: DeployedOperation) -> Reservation:
        if self.error:
            raise self.error
        region, quota = next(iter(operation.regions.items()))
        return Reservation(operation.name, region, quota.tps, at=0, issued_at=0)

    def report_success(self, reservation: Reservation) -> None:
        self.reports.append(("success", reservation.region))

    def report_throttle(self, reservation: Reservation) -> None:
        self.reports.append(("throttle", reservation.region))

    def report_failure(self, reservation: Reservation) -> None:
        self.reports.append(("failure", reservation.region))

    def report_refusal(self, reservation: Reservation) -> None:
        self.reports.append(("refusal", reservation.region))


@dataclass
class FakeCallerLimitStore(dict[str, int]):
    """A `tat` per caller in memory; `writes` counts the conditional writes."""

    writes: int = 0

    def advance(
        self, caller_id: str, emission_interval: int, earliest: int, latest: int, expires_at: int
    ) -> tuple[bool, int | None]:
        tat = self.get(caller_id)
        return self.update_if(caller_id, tat is not None and earliest <= tat <= latest, (tat or 0) + emission_interval)

    def restart(self, caller_id: str, tat: int, idle_before: int, expires_at: int) -> tuple[bool, int | None]:
        return self.update_if(caller_id, caller_id not in self or self[caller_id] < idle_before, tat)

    def update_if(self, caller_id: str, allowed: bool, tat: int) -> tuple[bool, int | None]:
        self.writes += 1
        if allowed:
            self[caller_id] = tat
        return allowed, self.get(caller_id)


@dataclass
class FakeRateLimitStore(dict[tuple[str, str], RateLimitState]):
    """States in memory; `writes` counts the conditional writes."""

    writes: int = 0

    def advance(
        self, operation: str, region: str, share_of: TrafficClass, emission_interval: int, earliest: int, latest: int
    ) -> tuple[bool, RateLimitState]:
        state = self.get_state(operation, region)
        tat = state.get_tat(share_of)
        allowed = state.open_until is None and tat is not None and earliest <= tat <= latest
        return self.update_if(operation, region, allowed, **{f"{share_of}_tat": (tat or 0) + emission_interval})

    def restart(
        self, operation: str, region: str, share_of: TrafficClass, tat: int, idle_before: int
    ) -> tuple[bool, RateLimitState]:
        state = self.get_state(operation, region)
        last = state.get_tat(share_of)
        allowed = state.open_until is None and (last is None or last < idle_before)
        return self.update_if(operation, region, allowed, **{f"{share_of}_tat": tat})

    def decrease_rate(self, operation: str, region: str, rate_milli: int, at: int, last_before: int) -> RateLimitState:
        last = self.get_state(operation, region).decreased_at
        return self.update_if(
            operation, region, last is None or last < last_before, rate_milli=rate_milli, decreased_at=at
        )[1]

    def open_circuit(
        self, operation: str, region: str, until: int, expected: int | None
    ) -> tuple[bool, RateLimitState]:
        return self.update_if(
            operation, region, self.get_state(operation, region).open_until == expected, open_until=until
        )

    claim_probe = open_circuit

    def close_circuit(self, operation: str, region: str) -> RateLimitState:
        return self.update_if(operation, region, True, open_until=None)[1]

    def load_states(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], RateLimitState]:
        return {key: self.get_state(*key) for key in keys}

    def get_state(self, operation: str, region: str) -> RateLimitState:
        return self.get((operation, region), RateLimitState())

    def update_if(
        self, operation: str, region: str, allowed: bool, **changes: int | None
    ) -> tuple[bool, RateLimitState]:
        self.writes += 1
        if allowed:
            self[operation, region] = replace(self.get_state(operation, region), **changes)
        return allowed, self.get_state(operation, region)
