"""The pace in memory: a placement that always has a slot, and the lanes that workers share."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rekbridge_lambda.domain.operations import Planned
from rekbridge_lambda.rate_limiting.state import Lane, Slot


@dataclass
class FakePlacement:
    """The first region at once; `told` is what it has learned."""

    full: Exception | None = None
    told: list[tuple[str, str]] = field(default_factory=list)

    def place(self, planned: Planned) -> Slot:
        if self.full:
            raise self.full
        region, allowed = next(iter(planned.regions.items()))
        return Slot(planned.operation.name, region, allowed.tps, at=0, issued=0)

    def answered(self, slot: Slot) -> None:
        self.told.append(("answered", slot.region))

    def throttled(self, slot: Slot) -> None:
        self.told.append(("throttled", slot.region))

    def failed(self, slot: Slot) -> None:
        self.told.append(("failed", slot.region))

    def refused(self, slot: Slot) -> None:
        self.told.append(("refused", slot.region))


@dataclass
class FakePaceStore(dict[tuple[str, str], Lane]):
    """Lanes in memory; `steps` counts the writes."""

    steps: int = 0

    def advance(self, operation: str, region: str, interval: int, low: int, high: int) -> tuple[bool, Lane]:
        lane = self.lane(operation, region)
        free = lane.open_until is None and lane.tat is not None and low <= lane.tat <= high
        return self.change(operation, region, free, tat=(lane.tat or 0) + interval)

    def start(self, operation: str, region: str, tat: int, low: int) -> tuple[bool, Lane]:
        lane = self.lane(operation, region)
        free = lane.open_until is None and (lane.tat is None or lane.tat < low)
        return self.change(operation, region, free, tat=tat)

    def cut(self, operation: str, region: str, rate_milli: int, at: int, before: int) -> Lane:
        last = self.lane(operation, region).cut_at
        return self.change(operation, region, last is None or last < before, rate_milli=rate_milli, cut_at=at)[1]

    def open(self, operation: str, region: str, until: int, seen: int | None) -> tuple[bool, Lane]:
        return self.change(operation, region, self.lane(operation, region).open_until == seen, open_until=until)

    probe = open

    def close(self, operation: str, region: str) -> Lane:
        return self.change(operation, region, True, open_until=None)[1]

    def lanes(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Lane]:
        return {key: self.lane(*key) for key in keys}

    def lane(self, operation: str, region: str) -> Lane:
        return self.get((operation, region), Lane())

    def change(self, operation: str, region: str, may: bool, **changed: int | None) -> tuple[bool, Lane]:
        self.steps += 1
        if may:
            self[operation, region] = replace(self.lane(operation, region), **changed)
        return may, self.lane(operation, region)
