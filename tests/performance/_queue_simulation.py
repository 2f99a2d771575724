"""A queue in virtual time: images arrive, workers take them, regions have token buckets, and waiting takes no time."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import log
from random import Random

# Duration of a call: lognormal, 0.3 s in the mean.
CALL_SIGMA = 0.4
CALL_MU = log(0.30) - CALL_SIGMA**2 / 2
THROTTLED_S = 0.03
FAILED_S = 1.0
# What a worker does besides the call; what it does when it gets no reservation; one write to the rate limit table.
WORKER_OVERHEAD_S = 0.10
NO_RESERVATION_S = 0.03
TABLE_WRITE_S = 0.008


@dataclass
class SimulatedRegion:
    """A token bucket that holds one second of quota. The quota may change over time; without one, the region fails."""

    get_quota: Callable[[float], float]
    rng: Random
    tokens: float = 0
    filled_at: float = 0

    def call(self, at: float) -> tuple[str, float]:
        """The outcome of a call (answered, throttled, failed) and its seconds; a throttled call takes no token."""
        quota = self.get_quota(at)
        if not quota:
            return "failed", FAILED_S
        self.tokens = min(quota, self.tokens + (at - self.filled_at) * quota)
        self.filled_at = at
        if self.tokens < 1:
            return "throttled", THROTTLED_S
        self.tokens -= 1
        return "answered", self.rng.lognormvariate(CALL_MU, CALL_SIGMA)


@dataclass(slots=True)
class QueuedImage:
    """One image on its queue."""

    arrived_at: float
    deliveries: int = 0


@dataclass
class SimulationCounts:
    """What happened after the warm-up. `added_waits` are seconds beyond the work itself, `writes` the table's."""

    warm_up_s: float
    offered: int = 0
    done: int = 0
    throttles: int = 0
    errors: int = 0
    dead_lettered: int = 0
    busy_s: float = 0
    writes: int = 0
    added_waits: list[float] = field(default_factory=list)
    done_by_second: dict[int, int] = field(default_factory=dict)


# A worker's work on one image: yields seconds that pass; returns the wait until the next delivery, or None when done.
type WorkerSteps = Generator[float, None, float | None]
type Worker = Callable[[QueuedImage], WorkerSteps]
# Creates the worker with a number.
type WorkerFactory = Callable[["QueueSimulation", int], Worker]


@dataclass
class VirtualTime:
    """Events in the order of their times; several queues may share it."""

    now: float = 0
    events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    next_number: int = 0

    def schedule(self, at: float, event: Callable[[], None]) -> None:
        """Run an event at a time."""
        self.next_number += 1
        heappush(self.events, (at, self.next_number, event))

    def run(self, until: float) -> None:
        """Run the events before a time."""
        while self.events and self.events[0][0] < until:
            self.now, _, event = heappop(self.events)
            event()


@dataclass
class QueueSimulation:
    """A queue with a maximum of workers. `rate` is images a second; times are seconds since the start."""

    create_worker: WorkerFactory
    workers: int
    rate: float
    duration_s: float
    seed: int
    regions: dict[str, SimulatedRegion]
    max_deliveries: int = 1000
    warm_up_s: float = 60
    time: VirtualTime = field(default_factory=VirtualTime)

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.counts = SimulationCounts(self.warm_up_s)
        self.next_number = 0
        self.visible: list[tuple[float, int, QueuedImage]] = []
        self.idle = [self.create_worker(self, number) for number in range(self.workers)]

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return self.time.now

    def run(self) -> SimulationCounts:
        """Run to the end of the duration."""
        self.start()
        self.time.run(self.duration_s)
        return self.counts

    def start(self) -> None:
        """Schedule the first image, if there is to be any."""
        if self.rate:
            self.time.schedule(self.rng.expovariate(self.rate), self.receive_image)

    def receive_image(self) -> None:
        """An image arrives; the next one is scheduled (Poisson)."""
        self.time.schedule(self.now + self.rng.expovariate(self.rate), self.receive_image)
        if self.is_counting:
            self.counts.offered += 1
        self.make_visible(QueuedImage(self.now))

    def make_visible(self, image: QueuedImage) -> None:
        """An image can be delivered now."""
        self.next_number += 1
        heappush(self.visible, (self.now, self.next_number, image))
        self.assign_workers()

    def assign_workers(self) -> None:
        """Deliver visible images to idle workers."""
        while self.visible and self.idle:
            # The worker that became idle last is first: Lambda, too, keeps few environments warm.
            worker, (_, _, image) = self.idle.pop(), heappop(self.visible)
            image.deliveries += 1
            self.advance_worker(worker, image, worker(image), self.now)

    def advance_worker(self, worker: Worker, image: QueuedImage, steps: WorkerSteps, started_at: float) -> None:
        """Run a worker to its next pause."""
        try:
            pause = next(steps)
        except StopIteration as end:
            if self.is_counting:
                self.counts.busy_s += self.now - started_at
            self.end_delivery(image, end.value)
            self.idle.append(worker)
            self.assign_workers()
        else:
            self.time.schedule(self.now + pause, lambda: self.advance_worker(worker, image, steps, started_at))

    def end_delivery(self, image: QueuedImage, wait: float | None) -> None:
        """The image is done, or delivered again after the wait, or dead-lettered after its last delivery."""
        if wait is not None and image.deliveries < self.max_deliveries:
            self.time.schedule(self.now + wait, lambda: self.make_visible(image))
        elif self.is_counting:
            self.counts.dead_lettered += wait is not None
            self.counts.done += wait is None
            second = int(self.now)
            self.counts.done_by_second[second] = self.counts.done_by_second.get(second, 0) + (wait is None)

    def call_region(self, region: str) -> tuple[str, float]:
        """Call a region now; returns the outcome and its seconds."""
        outcome, seconds = self.regions[region].call(self.now)
        if self.is_counting:
            self.counts.throttles += outcome == "throttled"
            self.counts.errors += outcome == "failed"
        return outcome, seconds

    def count_wait(self, image: QueuedImage, call_s: float) -> None:
        """Count how long an image that is done waited beyond its own work."""
        if self.is_counting:
            self.counts.added_waits.append(self.now - image.arrived_at - call_s - WORKER_OVERHEAD_S)

    @property
    def is_counting(self) -> bool:
        """Whether the warm-up is over."""
        return self.now >= self.counts.warm_up_s
