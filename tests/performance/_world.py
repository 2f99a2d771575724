"""A world in virtual time: uploads come, workers take them, regions have token buckets, and waiting is free."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import log
from random import Random

# Lognormal: a call takes 0.3 s in the mean.
SIGMA = 0.4
MU = log(0.30) - SIGMA**2 / 2
THROTTLED_S = 0.03
DEAD_S = 1.0
# What a piece of work takes besides the call, and the work of one that finds no slot.
OWN_S = 0.10
REFUSED_S = 0.03
STORE_S = 0.008


@dataclass
class Region:
    """A token bucket that holds one second of quota; the quota may change and the region may be dead."""

    quota: Callable[[float], float]
    chance: Random
    tokens: float = 0
    filled_at: float = 0

    def call(self, at: float) -> tuple[str, float]:
        """What comes of a call, and after how many seconds; a throttled one takes no token."""
        quota = self.quota(at)
        if not quota:
            return "failed", DEAD_S
        self.tokens = min(quota, self.tokens + (at - self.filled_at) * quota)
        self.filled_at = at
        if self.tokens < 1:
            return "throttled", THROTTLED_S
        self.tokens -= 1
        return "answered", self.chance.lognormvariate(MU, SIGMA)


@dataclass(slots=True)
class Message:
    """One image on its queue."""

    came: float
    deliveries: int = 0


@dataclass
class Tally:
    """What happened once the world was warm; waits are seconds beyond the work itself."""

    warm: float
    offered: int = 0
    done: int = 0
    throttles: int = 0
    errors: int = 0
    lost: int = 0
    busy_s: float = 0
    steps: int = 0
    waits: list[float] = field(default_factory=list)
    done_by_second: dict[int, int] = field(default_factory=dict)


# A worker at its message: yields the seconds that pass, returns the wait until the message comes again, or None: done.
type Work = Generator[float, None, float | None]


@dataclass
class Simulation:
    """A queue, so many workers at most, and the time."""

    make: Callable[["Simulation", int], Callable[[Message], Work]]
    workers: int
    rate: float
    seconds: float
    seed: int
    regions: dict[str, Region]
    longest_life: int = 1000
    warm: float = 60
    now: float = 0

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.tally = Tally(self.warm)
        self.events: list[tuple[float, int, Callable[[], None]]] = []
        self.order = 0
        self.ready: list[tuple[float, int, Message]] = []
        self.idle = [self.make(self, number) for number in range(self.workers)]

    def run(self) -> Tally:
        """Until the time is over."""
        self.at(self.chance.expovariate(self.rate), self.arrive)
        while self.events and self.events[0][0] < self.seconds:
            self.now, _, event = heappop(self.events)
            event()
        return self.tally

    def at(self, time: float, event: Callable[[], None]) -> None:
        self.order += 1
        heappush(self.events, (time, self.order, event))

    def arrive(self) -> None:
        self.at(self.now + self.chance.expovariate(self.rate), self.arrive)
        if self.counted:
            self.tally.offered += 1
        self.offer(Message(self.now))

    def offer(self, message: Message) -> None:
        """A message can be taken now."""
        self.order += 1
        heappush(self.ready, (self.now, self.order, message))
        self.assign()

    def assign(self) -> None:
        while self.ready and self.idle:
            # The last to be idle first, as Lambda keeps few environments warm.
            worker, (_, _, message) = self.idle.pop(), heappop(self.ready)
            message.deliveries += 1
            self.advance(worker, message, worker(message), self.now)

    def advance(self, worker: Callable[[Message], Work], message: Message, work: Work, began: float) -> None:
        """Let one piece of work go on to its next pause."""
        try:
            pause = next(work)
        except StopIteration as end:
            if self.counted:
                self.tally.busy_s += self.now - began
            self.leave(message, end.value)
            self.idle.append(worker)
            self.assign()
        else:
            self.at(self.now + pause, lambda: self.advance(worker, message, work, began))

    def leave(self, message: Message, wait: float | None) -> None:
        """The message is done, or comes again, or has come too often."""
        if wait is not None and message.deliveries < self.longest_life:
            self.at(self.now + wait, lambda: self.offer(message))
        elif self.counted:
            self.tally.lost += wait is not None
            self.tally.done += wait is None
            second = int(self.now)
            self.tally.done_by_second[second] = self.tally.done_by_second.get(second, 0) + (wait is None)

    def call(self, region: str) -> tuple[str, float]:
        """Call a region now, and count what comes of it."""
        fate, seconds = self.regions[region].call(self.now)
        if self.counted:
            self.tally.throttles += fate == "throttled"
            self.tally.errors += fate == "failed"
        return fate, seconds

    @property
    def counted(self) -> bool:
        return self.now >= self.tally.warm
