"""Every region full or dead for hours, in virtual time: real flows, pace and backing off, over a queue in memory."""

import heapq
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from rekbridge_lambda.adapters.rekognition import FAILED_WAIT_S, THROTTLED_WAIT_S
from rekbridge_lambda.adapters.sqs.consumer import Queues
from rekbridge_lambda.domain.errors import NoAnswer, RegionRefused, Throttled, Unavailable
from rekbridge_lambda.domain.messages import Work
from rekbridge_lambda.domain.operations import Allowance, Planned
from rekbridge_lambda.rate_limiting.limiter import SharedPace
from rekbridge_lambda.rate_limiting.state import WORKER_AHEAD

from tests.builders import HOME, sqs_record
from tests.fakes import FakePaceStore
from tests.world import World

HOUR = 3_600_000
# modules/queue: SQS itself gives up on a message then.
MOST_RECEIVES = 1000
BUSY_MS = 20

IRELAND, FRANKFURT = "eu-west-1", "eu-central-1"
# What ends a call, and after how many milliseconds.
FULL = Throttled("slow down", THROTTLED_WAIT_S), 30
DEAD = Unavailable("connection refused", FAILED_WAIT_S), 1000
SILENT = NoAnswer("not in time"), 10_000
CLOSED = RegionRefused("no access", FAILED_WAIT_S), 30


@dataclass
class Sky:
    """Every region's Rekognition: until it `clears`, each answers with its error, after so many milliseconds."""

    world: World
    weather: Mapping[str, tuple[Exception, int]]
    clears: int
    done: Counter[str] = field(default_factory=Counter)

    def analyze(self, planned: Planned, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
        if self.world.now() < self.clears:
            error, took = self.weather[region]
            self.world.now.at += took
            raise error
        self.world.now.at += 300
        self.done[region] += 1
        return {"Labels": []}


@dataclass
class Line:
    """A work queue and its workers: who is free takes the message that has been visible longest."""

    world: World
    plan: Planned
    work: list[Work]
    workers: int
    receives: Counter[int] = field(default_factory=Counter)
    hidden: int = 0
    buried: list[str] = field(default_factory=list)

    def change_message_visibility(self, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:
        self.hidden = VisibilityTimeout

    def send_message(self, QueueUrl: str, MessageBody: str, MessageAttributes: Any) -> None:
        self.buried.append(MessageBody)

    def drain(self) -> None:
        """Receive until nothing is left."""
        queues = Queues(self, {self.plan.queue: self.plan.dead}, lambda: "")  # type: ignore[arg-type]
        store, chance = FakePaceStore(), random.Random(7).random
        paces = [SharedPace(HOME, WORKER_AHEAD, store, self.world.now, chance) for _ in range(self.workers)]
        began = self.world.now()
        free, visible = [(began, one) for one in range(self.workers)], [(began, one) for one in range(len(self.work))]
        while visible:
            (idle, worker), (due, number) = heapq.heappop(free), heapq.heappop(visible)
            self.world.now.at = max(idle, due)
            self.world.placement = paces[worker]  # type: ignore[assignment]
            self.receives[number] += 1
            record = sqs_record(self.work[number].body(), self.receives[number])
            again = queues.each({"Records": [record]}, lambda body, _: self.world.analyze(Work.read(body)))
            self.world.now.at += BUSY_MS
            heapq.heappush(free, (self.world.now(), worker))
            if again["batchItemFailures"]:
                heapq.heappush(visible, (self.world.now() + 1000 * self.hidden, number))


def waited(weather: Mapping[str, tuple[Exception, int]], hours: float, images: int, workers: int = 6) -> Line:
    """Images through regions of five calls a second each that clear up after so many hours."""
    world = World()
    plan = replace(world.plan["labels"], regions=dict.fromkeys(weather, Allowance(5)))
    world.plan["labels"] = plan
    work = [world.work_of(world.holding(f"{number}", f"anna/{number}.png")) for number in range(images)]
    world.vision = Sky(world, weather, clears=world.now() + round(hours * HOUR))  # type: ignore[assignment]
    line = Line(world, plan, work, workers)
    line.drain()
    return line


@pytest.fixture(autouse=True)
def steady() -> Iterator[None]:
    """The jitter of waits is the same in every run."""
    state = random.getstate()
    random.seed(1)
    yield
    random.setstate(state)


WEATHERS = [
    pytest.param({IRELAND: FULL, FRANKFURT: FULL}, id="all full"),
    pytest.param({IRELAND: DEAD, FRANKFURT: DEAD}, id="all dead"),
    pytest.param({IRELAND: SILENT, FRANKFURT: SILENT}, id="all silent"),
    pytest.param({IRELAND: FULL, FRANKFURT: DEAD}, id="one full, one dead"),
    pytest.param({IRELAND: DEAD, FRANKFURT: CLOSED}, id="one dead, one closed to us"),
]


@pytest.mark.parametrize("weather", WEATHERS)
def test_an_hour_without_any_region_loses_and_dead_letters_nothing(
    weather: Mapping[str, tuple[Exception, int]],
) -> None:
    line = waited(weather, hours=1, images=100)
    answered = {told.image for told in line.world.answers if told.result}
    assert (answered, line.buried) == ({work.image for work in line.work}, [])
    assert max(line.receives.values()) < MOST_RECEIVES / 4
    # Nothing was paid for that was not an answer, and nothing twice.
    assert sum(line.world.vision.done.values()) == 100  # type: ignore[attr-defined]


def test_a_backlog_that_is_throttled_for_hours_is_not_received_to_death() -> None:
    line = waited({IRELAND: FULL}, hours=2, images=60, workers=3)
    assert (len(line.world.results), line.buried) == (60, [])
    assert max(line.receives.values()) < MOST_RECEIVES / 4


def test_staged_work_outlasts_a_week_without_its_region() -> None:
    line = waited({IRELAND: DEAD}, hours=7 * 24, images=12)
    assert (len(line.world.results), line.buried) == (12, [])
    assert max(line.receives.values()) < MOST_RECEIVES
