"""A clock that only a test moves on."""

from dataclasses import dataclass

from tests.builders import NOW


@dataclass
class FakeClock:
    at: int = NOW

    def __call__(self) -> int:
        return self.at


@dataclass
class FakeSleep:
    """Moves the clock on instead of waiting."""

    now: FakeClock

    def __call__(self, milliseconds: int) -> None:
        self.now.at += max(0, milliseconds)
