"""Image in, result out, over queues that shuffle, repeat and lose their workers."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from rekbridge_lambda.domain.errors import Unavailable

from tests.builders import upload
from tests.interrupted import Fuse, Killed
from tests.world import DEADLINE, PATIENCE, World

CAT = {"Labels": [{"Name": "Cat", "Confidence": 99.0}]}


@dataclass
class Queues:
    """Messages on their way, to any station; delivered when the test says so."""

    world: World
    waiting: list[tuple[str, Any]] = field(default_factory=list)
    # Claims whose worker was killed: only these may cost a second call.
    killed: int = 0

    def collect(self) -> None:
        for station, sent in (
            ("bridge", self.world.staging.arrivals),
            ("analyze", self.world.work.sent),
            ("route", self.world.answers),
        ):
            self.waiting += [(station, message) for message in sent]
            sent.clear()

    def deliver(self, number: int, again: bool = False, lives: int = 0) -> None:
        """One delivery; the message stays when it is delivered again, has to wait, or its worker is killed."""
        station, message = one = self.waiting.pop(number % len(self.waiting))
        try:
            getattr(self.world, station)(message, *([Fuse(lives)] if lives else []))
        except (Unavailable, Killed) as why:
            again = True
            self.killed += station == "analyze" and isinstance(why, Killed)
        if again:
            self.waiting.append(one)
        self.collect()
        self.world.now.at += DEADLINE

    def drain(self) -> None:
        for _ in range(500):
            if not self.waiting:
                return
            self.deliver(0)
        raise AssertionError(f"still waiting: {self.waiting}")


def world() -> World:
    world = World()
    world.vision.answers["labels"] = CAT
    return world


def queued(world: World) -> Queues:
    """Two images of one owner, one of them twice, and a file that is none."""
    world.media["anna/note.txt", "v1"] = b"hello"
    uploads = [
        world.holding("cat"),
        world.holding("cat", key="anna/copy.png"),
        world.holding("dog", version="v2"),
        upload("anna/note.txt", size=5),
    ]
    return Queues(world, [("ingest", upload) for upload in uploads])


def calm() -> World:
    queues = queued(world())
    queues.drain()
    return queues.world


CALM = calm()


def test_every_image_ends_done_and_paid_once() -> None:
    assert {result.status for result in CALM.library.results.values()} == {"done"}
    assert sorted(CALM.vision.calls) == sorted(["labels", "faces", "text"] * 2)
    assert CALM.library.counts("anna") == {"Cat": 2}


def test_nothing_is_left_in_the_remote_region() -> None:
    assert not CALM.staging.bodies
    assert CALM.library.closed == set(CALM.library.all_runs)


def test_what_is_no_image_ends_with_a_reason() -> None:
    assert CALM.library.sources["anna/note.txt", "v1"].code == "unreadable-image"


# An effect after which the worker is killed; 0 lets it live.
lives = st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5, 6])
deliveries = st.lists(st.tuples(st.integers(0, 30), st.booleans(), lives), max_size=50)


@settings(max_examples=50)
@given(deliveries)
def test_shuffled_repeated_and_killed_deliveries_change_nothing(schedule: list[tuple[int, bool, int]]) -> None:
    queues = queued(world())
    for number, again, lives in schedule:
        if queues.waiting:
            queues.deliver(number, again, lives)
    queues.drain()
    settle(queues)
    assert queues.world.seen() == CALM.seen()
    assert len(queues.world.vision.calls) <= len(CALM.vision.calls) + queues.killed


@settings(max_examples=40)
@given(st.data())
def test_whatever_message_is_lost_sweep_finds_its_image(data: st.DataObject) -> None:
    queues = queued(world())
    for _ in range(data.draw(st.integers(4, 12))):
        queues.deliver(0)
    lost = data.draw(st.sets(st.integers(0, 20)))
    queues.waiting = [one for number, one in enumerate(queues.waiting) if one[0] == "ingest" or number not in lost]
    queues.drain()
    settle(queues)
    assert queues.world.seen() == CALM.seen()
    assert len(queues.world.vision.calls) == len(CALM.vision.calls)


def settle(queues: Queues) -> None:
    """Two sweeps: what was lost is sent again, and what arrived too late is taken away."""
    for _ in range(2):
        queues.world.now.at += 3 * PATIENCE
        queues.world.sweep()
        queues.collect()
        queues.drain()
