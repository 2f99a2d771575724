"""What became of each step of a trial."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

type StepOutcome = Literal["passed", "failed", "not tried"]


class StepFailed(Exception):
    """A step has failed: what was expected, what was seen instead, and what to do about it."""

    def __init__(self, expected: str, seen: str, next_step: str) -> None:
        super().__init__(f"Expected: {expected}. Seen: {seen}.")
        self.next_step = next_step


class StepNotTried(Exception):
    """A step cannot be tried in this trial; the message says why. That is no failure."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step: what is expected, whether it is so, what was seen, the seconds, and what to do if it fails."""

    name: str
    expected: str
    outcome: StepOutcome
    seen: str
    seconds: float
    next_step: str = ""


def all_passed(results: Iterable[StepResult]) -> bool:
    """Whether no step has failed. A trial without any step that has passed proves nothing."""
    outcomes = {result.outcome for result in results}
    return "passed" in outcomes and "failed" not in outcomes
