"""Where and when the next call goes: home first, then wherever quota is left, at a pace that all workers share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import log

from rekbridge_lambda.domain.errors import Throttled
from rekbridge_lambda.domain.operations import Planned
from rekbridge_lambda.ports import Clock, PaceStore
from rekbridge_lambda.rate_limiting import state
from rekbridge_lambda.rate_limiting.state import Lane, Slot

# A region with a slot nearer than this is taken before one is waited for elsewhere.
NEAR = state.SECOND // 4
# A region that had no near slot is not asked for one again so soon: each question is a write.
CROWDED_FOR = state.SECOND

type Key = tuple[str, str]


@dataclass(slots=True)
class SharedPace:
    """Slots from the shared lanes; what this process saw of them saves questions, for a lane's time only grows."""

    home: str
    ahead: int
    store: PaceStore
    now: Clock
    chance: Callable[[], float]
    seen: dict[Key, Lane] = field(default_factory=dict)
    failures: dict[Key, int] = field(default_factory=dict)
    crowded: dict[Key, int] = field(default_factory=dict)

    def place(self, planned: Planned) -> Slot:
        """A slot in one of the operation's regions. Raises Throttled with the wait when none is near enough."""
        for region, ahead in self.candidates(planned):
            if slot := self.take(planned, region, ahead):
                return slot
        now = self.micros()
        name, regions = planned.operation.name, planned.regions
        waits = {region: state.wait(self.lane(name, region), now, self.ahead) for region in regions}
        told = ", ".join(f"{region} {wait / state.SECOND:.1f} s" for region, wait in waits.items())
        raise Throttled(f"every region is full or down for {name}: {told}", retry_in=min(waits.values()) / state.SECOND)

    def candidates(self, planned: Planned) -> Iterator[tuple[str, int]]:
        """Regions in the order to try them, each with how far ahead its slot may lie, in microseconds."""
        if self.home in planned.regions:
            yield self.home, min(state.HOME_AHEAD, self.ahead)
        drawn = self.drawn(planned)
        if len(drawn) > 1:
            yield from ((region, NEAR) for region in drawn if self.may_be_near(planned, region))
        yield from ((region, self.ahead) for region in drawn)

    def drawn(self, planned: Planned) -> list[str]:
        """The regions by lot: each comes first as often as its share of all rates (Efraimidis and Spirakis, 2006)."""
        now, name = self.micros(), planned.operation.name

        def lot(region: str) -> float:
            allowed = planned.regions[region]
            return -log(1 - self.chance()) / (allowed.weight * state.rate(self.lane(name, region), allowed.tps, now))

        return sorted(planned.regions, key=lot)

    def may_be_near(self, planned: Planned, region: str) -> bool:
        """Whether it is worth a question; one that is refused is not repeated for a while."""
        return self.crowded.get((planned.operation.name, region), 0) <= self.micros() - CROWDED_FOR

    def take(self, planned: Planned, region: str, ahead: int) -> Slot | None:
        """The region's next slot, unless it lies too far ahead, or the region is down."""
        key, tps = (planned.operation.name, region), planned.regions[region].tps
        # Each turn follows a change that another worker made in between.
        for _ in range(3):
            lane, now = self.lane(*key), self.micros()
            if state.wait(lane, now, ahead):
                break
            gap = state.interval(lane, tps, now)
            if lane.open_until is not None:
                granted, now_seen = self.store.probe(*key, until=now + state.OPEN_FOR, seen=lane.open_until)
            elif key in self.seen and state.idle(lane, now):
                granted, now_seen = self.store.start(*key, tat=now - state.BURST + gap, low=now - state.BURST)
            else:
                granted, now_seen = self.store.advance(*key, interval=gap, low=now - state.BURST, high=now + ahead)
            self.seen[key] = now_seen
            if granted:
                probe = lane.open_until is not None
                at = now if probe else max(now, (now_seen.tat or now) - gap)
                return Slot(*key, tps, at, issued=now, probe=probe)
            # Also where the next turn gets a slot. Marked only when all turns are in vain, a halved quota took 2.01
            # writes a call, not 1.99, and 50/25/5 at load 1.0 lost 0.4 % of goodput (tests/performance/placement.py).
            self.crowded[key] = now
        return None

    def answered(self, slot: Slot) -> None:
        """The region answered, whatever it said."""
        key = slot.operation, slot.region
        self.failures.pop(key, None)
        if slot.probe:
            self.seen[key] = self.store.close(*key)

    def throttled(self, slot: Slot) -> None:
        """The quota is less than was thought: once a second, and only for a slot issued after the last cut."""
        self.answered(slot)
        key, now = (slot.operation, slot.region), self.micros()
        lane, before = self.lane(*key), min(slot.issued, now - state.CUT_EVERY)
        if lane.cut_at is None or lane.cut_at < before:
            less = state.cut(lane, slot.quota, now)
            self.seen[key] = self.store.cut(*key, rate_milli=less, at=now, before=before)

    def failed(self, slot: Slot) -> None:
        """The region did not answer; after three times in a row it is left alone for half a minute."""
        key = slot.operation, slot.region
        self.failures[key] = self.failures.get(key, 0) + 1
        if slot.probe or self.failures[key] >= state.FAILURES_TO_OPEN:
            self.open(slot, state.OPEN_FOR)

    def refused(self, slot: Slot) -> None:
        """This account may not call the region: it is left alone for five minutes, and an alarm says so."""
        self.open(slot, state.REFUSED_FOR)

    def open(self, slot: Slot, duration: int) -> None:
        """Open the breaker; whoever took the probe replaces the time that the probe's claim has set."""
        key = slot.operation, slot.region
        claimed = self.lane(*key).open_until if slot.probe else None
        self.failures.pop(key, None)
        _, self.seen[key] = self.store.open(*key, until=self.micros() + duration, seen=claimed)

    def lane(self, operation: str, region: str) -> Lane:
        """The lane as this process saw it last."""
        return self.seen.get((operation, region), Lane())

    def micros(self) -> int:
        """The time in microseconds."""
        return self.now() * 1000
