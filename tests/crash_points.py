"""Workers that are killed, or interleaved with another worker, between any two calls of their ports."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import Any, Protocol

type WrapPort = Callable[[Any], Any]


class CallObserver(Protocol):
    """Decides what happens to a worker before and after each call of a port."""

    def before_call(self) -> None: ...
    def after_call(self) -> None: ...


class ObservedPort:
    """A port that reports every call to an observer."""

    def __init__(self, port: Any, observer: CallObserver) -> None:
        self._port, self._observer = port, observer

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)

        def call(*arguments: Any, **keywords: Any) -> Any:
            self._observer.before_call()
            result = method(*arguments, **keywords)
            self._observer.after_call()
            return result

        return call


def pass_through(port: Any) -> Any:
    """Wraps nothing: the worker runs undisturbed."""
    return port


class WorkerKilled(BaseException):
    """The process was killed. A BaseException, so that no `except Exception` of the product catches it."""


@dataclass
class KillAfter:
    """Kills a worker after `remaining` calls."""

    remaining: int

    def __call__(self, port: Any) -> ObservedPort:
        return ObservedPort(port, self)

    def before_call(self) -> None:
        # A killed process does not run its `finally` either: every later call fails, too.
        if not self.remaining:
            raise WorkerKilled

    def after_call(self) -> None:
        self.remaining -= 1
        self.before_call()


@dataclass
class PauseAfter:
    """Pauses a worker after `remaining` calls, until `resume` is set."""

    remaining: int
    paused: Event = field(default_factory=Event)
    resume: Event = field(default_factory=Event)

    def __call__(self, port: Any) -> ObservedPort:
        return ObservedPort(port, self)

    def before_call(self) -> None:
        """A call is never interrupted."""

    def after_call(self) -> None:
        self.remaining -= 1
        if self.remaining == 0:
            self.paused.set()
            assert self.resume.wait(timeout=10)

    def start(self, pool: ThreadPoolExecutor, act: Callable[[WrapPort], Any]) -> Future[Any]:
        """Start the worker in a thread; returns when it is paused or has ended."""
        future = pool.submit(act, self)
        future.add_done_callback(lambda _: self.paused.set())
        assert self.paused.wait(timeout=10)
        return future


def crash_points[Harness](prepare: Callable[[], Harness], act: Callable[[Harness, WrapPort], Any]) -> list[Harness]:
    """One harness for every moment at which `act` can be killed, each after it was killed there once."""
    harnesses: list[Harness] = []
    while True:
        harness = prepare()
        try:
            act(harness, KillAfter(len(harnesses) + 1))
        except WorkerKilled:
            harnesses.append(harness)
        else:
            return harnesses


def interleavings[Harness](
    prepare: Callable[[], Harness],
    first: Callable[[Harness, WrapPort], Any],
    second: Callable[[Harness, WrapPort], Any],
) -> Iterator[Harness]:
    """One harness for every interleaving: some calls of the first worker, some of the second, then the rest of both."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        for first_calls in range(1, 1000):
            for second_calls in range(1, 1000):
                harness = prepare()
                first_pause, second_pause = PauseAfter(first_calls), PauseAfter(second_calls)
                first_future = first_pause.start(pool, partial(first, harness))
                first_was_paused = not first_future.done()
                second_future = second_pause.start(pool, partial(second, harness))
                second_has_ended = second_future.done()
                first_pause.resume.set()
                first_future.result(timeout=10)
                second_pause.resume.set()
                second_future.result(timeout=10)
                yield harness
                if second_has_ended:
                    break
            if not first_was_paused:
                return


def self_interleavings[Harness](
    prepare: Callable[[], Harness], act: Callable[[Harness, WrapPort], Any]
) -> Iterator[Harness]:
    """The interleavings of two workers that do the same."""
    return interleavings(prepare, act, act)
