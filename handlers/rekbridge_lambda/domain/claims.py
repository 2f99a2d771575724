"""A claim: the lease under which one attempt at a paid call runs, and the attempt itself."""

from dataclasses import dataclass
from typing import Literal

from rekbridge_lambda.domain.ids import ResultKey

# After this many calls without an answer a person has to look.
MAX_ATTEMPTS = 5

# `done` and `failed` count as an attempt; `unpaid` does not: throttled, refused, or the region was down.
type Outcome = Literal["done", "failed", "unpaid"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to Rekognition as it is about to leave. `at` is in milliseconds since 1970."""

    operation: str
    from_region: str
    to_region: str
    transfer: str
    sent_bytes: int
    at: int


@dataclass(frozen=True, slots=True)
class Claim:
    """The lease for one attempt: nobody else may pay for this result before `lease_until` (milliseconds)."""

    result_key: ResultKey
    attempt: Attempt
    attempt_index: int
    lease_until: int
