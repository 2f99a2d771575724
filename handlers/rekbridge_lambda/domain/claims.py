"""The ledger's view of one call: what left home, for where, how, when, and what came of it."""

from dataclasses import dataclass
from typing import Literal

# After that many calls without an answer a person has to look.
MOST_ATTEMPTS = 5

# `done` and `failed` count as one of them; `unpaid` does not: throttled, refused, or the region was down.
type Outcome = Literal["done", "failed", "unpaid"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to Rekognition as it is about to leave. `at` is in milliseconds since 1970."""

    operation: str
    from_region: str
    to_region: str
    way: str
    sent_bytes: int
    at: int


@dataclass(frozen=True, slots=True)
class Claim:
    """The lease under which one attempt runs: nobody else may pay for this result before `until` (milliseconds)."""

    result: str
    attempt: Attempt
    number: int
    until: int
