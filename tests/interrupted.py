"""Processes that are killed, or overtaken by another one, between any two effects."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import Any, Protocol

type Wrap = Callable[[Any], Any]


class Watch(Protocol):
    """What happens to a process around each of its effects."""

    def before(self) -> None: ...
    def after(self) -> None: ...


class Watched:
    """A port whose every call is an effect."""

    def __init__(self, port: Any, watch: Watch) -> None:
        self._port, self._watch = port, watch

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self._watch.before()
            answer = method(*arguments, **named)
            self._watch.after()
            return answer

        return call


def unharmed(port: Any) -> Any:
    return port


class Killed(BaseException):
    """The process is gone; no `except` of its own sees that."""


@dataclass
class Fuse:
    """Lets a process live through so many effects."""

    left: int

    def __call__(self, port: Any) -> Watched:
        return Watched(port, self)

    def before(self) -> None:
        # A dead process does not even run its `finally`.
        if not self.left:
            raise Killed

    def after(self) -> None:
        self.left -= 1
        self.before()


@dataclass
class Halt:
    """Stops a process after so many effects, until it is told to go on."""

    left: int
    reached: Event = field(default_factory=Event)
    over: Event = field(default_factory=Event)

    def __call__(self, port: Any) -> Watched:
        return Watched(port, self)

    def before(self) -> None:
        """Nothing stops a process within an effect."""

    def after(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.reached.set()
            assert self.over.wait(timeout=10)

    def run(self, pool: ThreadPoolExecutor, act: Callable[[Wrap], Any]) -> Future[Any]:
        """Begin; returns when the process stands still, or has ended."""
        running = pool.submit(act, self)
        running.add_done_callback(lambda _: self.reached.set())
        assert self.reached.wait(timeout=10)
        return running


def killings[W](prepare: Callable[[], W], act: Callable[[W, Wrap], Any]) -> list[W]:
    """A world for every moment at which `act` can be killed; each was killed there, once."""
    worlds: list[W] = []
    while True:
        world = prepare()
        try:
            act(world, Fuse(len(worlds) + 1))
        except Killed:
            worlds.append(world)
        else:
            return worlds


def passings[W](
    prepare: Callable[[], W], one: Callable[[W, Wrap], Any], other: Callable[[W, Wrap], Any]
) -> Iterator[W]:
    """A world for every two moments at which two can pass each other: some of A, some of B, A's rest, B's rest."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        for first in range(1, 1000):
            for second in range(1, 1000):
                world = prepare()
                a, b = Halt(first), Halt(second)
                slow = a.run(pool, partial(one, world))
                stopped = not slow.done()
                fast = b.run(pool, partial(other, world))
                last = fast.done()
                a.over.set()
                slow.result(timeout=10)
                b.over.set()
                fast.result(timeout=10)
                yield world
                if last:
                    break
            if not stopped:
                return


def overtakings[W](prepare: Callable[[], W], act: Callable[[W, Wrap], Any]) -> Iterator[W]:
    """Two of the same kind passing each other."""
    return passings(prepare, act, act)
