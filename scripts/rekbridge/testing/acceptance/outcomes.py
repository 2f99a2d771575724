"""What a trial claims, step by step, and what became of each claim."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

type ClaimOutcome = Literal["holds", "fails", "not tried"]


class ClaimFailed(Exception):
    """A claim does not hold: what was expected, what was seen instead, and what to do about it."""

    def __init__(self, expected: str, seen: str, next_step: str) -> None:
        super().__init__(f"Expected: {expected}. Seen: {seen}.")
        self.next_step = next_step


class ClaimNotTried(Exception):
    """A claim cannot be tried in this trial; the message says why. That is no failure."""


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """One step: its claim, whether it holds, what was seen, the seconds it took, and what to do if it fails."""

    name: str
    claim: str
    outcome: ClaimOutcome
    seen: str
    seconds: float
    next_step: str = ""


def all_hold(results: Iterable[ClaimResult]) -> bool:
    """Whether no claim fails. A trial without any claim that holds proves nothing."""
    outcomes = {result.outcome for result in results}
    return "holds" in outcomes and "fails" not in outcomes
