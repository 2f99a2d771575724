"""Time that goes on only as a test says."""

from dataclasses import dataclass

from tests.builders import NOW


@dataclass
class FakeClock:
    at: int = NOW

    def __call__(self) -> int:
        return self.at


@dataclass
class FakePause:
    """Time passes at once."""

    now: FakeClock

    def __call__(self, milliseconds: int) -> None:
        self.now.at += max(0, milliseconds)
