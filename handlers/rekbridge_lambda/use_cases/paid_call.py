"""One question about one image: at most one paid call per lease, and never a second for a result that is stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rekbridge_lambda.domain.claims import Attempt, Claim
from rekbridge_lambda.domain.errors import (
    NotReady,
    OutOfAttempts,
    RegionRefused,
    Rejected,
    StagedCopyMissing,
    Throttled,
    Unavailable,
)
from rekbridge_lambda.domain.operations import Planned
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.ports import Clock, Ledger, Pause, Placement, Results, Vision
from rekbridge_lambda.rate_limiting.state import Slot

# A worker is stopped at its deadline by Lambda's clock; the next one may not claim a moment earlier by its own.
CLOCK_SKEW_MS = 1000
# A paid answer that the results bucket does not take is offered again so often, until so long before the deadline.
STORE_AGAIN_MS, STORE_MARGIN_MS = 500, 2_500
# A region is reached within 3 seconds and answers within 10 (adapters/aws.py): what begins later may be paid and lost.
CALL_MS = 13_000

# The image as the request names it, and how many bytes of it lie, or go, outside home.
type Picture = tuple[Mapping[str, Any], int]


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question came to its answer: where, and for how many milliseconds it waited and was answered."""

    region: str
    waited_ms: int
    called_ms: int


@dataclass(frozen=True, slots=True)
class Ask:
    """The ports that a question is asked with."""

    home: str
    results: Results
    ledger: Ledger
    placement: Placement
    vision: Vision
    pause: Pause
    now: Clock

    def __call__(self, key: str, plan: Planned, picture: Callable[[], Picture], deadline: int) -> Asked | None:
        """See that the answer lies under `key`, asked for before the deadline (milliseconds); None: it did already.

        A refusal by Rekognition is an answer too. Raises Unavailable when it has to wait, OutOfAttempts when a person
        has to look, Rejected when there is no picture to ask about.
        """
        return None if self.results.find(key) else self.ask(key, plan, picture, deadline)

    def ask(self, key: str, plan: Planned, picture: Callable[[], Picture], deadline: int) -> Asked | None:
        """One attempt in one slot under one lease; its outcome is in the ledger, whatever it is."""
        began = self.now()
        slot = self.placement.place(plan)
        # Read while the slot comes nearer.
        image, size = picture()
        self.pause(slot.at // 1000 - self.now())
        if self.now() + CALL_MS > deadline:
            raise Unavailable("too little time is left for a call", retry_in=1)
        attempt = Attempt(plan.operation.name, self.home, slot.region, plan.way, size, self.now())
        claim = self.claim(key, attempt, deadline)
        if claim is None:
            return None
        try:
            answer = self.vision.analyze(plan, slot.region, image)
        except (Rejected, Unavailable) as why:
            self.end(claim, why)
            self.learn(slot, why)
            if not isinstance(why, Rejected):
                raise
        else:
            self.keep(claim, answer=answer)
            self.placement.answered(slot)
        return Asked(slot.region, attempt.at - began, self.now() - attempt.at)

    def claim(self, key: str, attempt: Attempt, deadline: int) -> Claim | None:
        """The lease; None where another worker had it, and brought the answer, while the slot was waited for."""
        try:
            claim = self.ledger.claim(key, attempt, until=deadline + CLOCK_SKEW_MS)
        except OutOfAttempts:
            # The last of them may just have been the good one.
            if self.results.find(key):
                return None
            raise
        unused = True
        try:
            # Only an attempt before this one can have brought an answer, and it is stored before its lease ends.
            unused = claim.number > 0 and self.results.find(key)
        finally:
            if unused:
                self.ledger.release(claim)
        return None if unused else claim

    def end(self, claim: Claim, why: Rejected | Unavailable) -> None:
        """Write down a call that brought no answer; a refusal by Rekognition is kept as one."""
        match why:
            case Rejected():
                self.keep(claim, code=why.code, reason=str(why))
            case StagedCopyMissing():
                # Counted as an attempt: a bucket that nobody can read would otherwise be filled for ever.
                self.ledger.settle(claim, "failed", str(why))
            case _:
                self.ledger.settle(claim, "unpaid", str(why))

    def learn(self, slot: Slot, why: Rejected | Unavailable) -> None:
        """Tell the placement what the call says about its region; after the outcome is safe."""
        match why:
            case Throttled():
                self.placement.throttled(slot)
            case RegionRefused():
                self.placement.refused(slot)
            # The region is well: a model that does not run is its owner's matter.
            case Rejected() | StagedCopyMissing() | NotReady():
                self.placement.answered(slot)
            case _:
                self.placement.failed(slot)

    def keep(
        self, claim: Claim, answer: dict[str, Any] | None = None, code: str | None = None, reason: str | None = None
    ) -> None:
        """Store the result, then write the outcome down: a worker killed in between has not lost the answer."""
        tried = claim.attempt
        result = Result(
            operation=tried.operation,
            way=tried.way,
            region=tried.to_region,
            sent_bytes=tried.sent_bytes,
            asked_at=tried.at,
            answered_at=self.now(),
            answer=answer or {},
            code=code,
            reason=reason,
        )
        self.store(claim, result)
        self.ledger.settle(claim, "failed" if code else "done", reason or "")

    def store(self, claim: Claim, result: Result) -> None:
        """Into the results bucket, for as long as this lease lets nobody else pay for the same answer."""
        latest = claim.until - CLOCK_SKEW_MS - STORE_MARGIN_MS
        while True:
            try:
                return self.results.put(claim.result, result)
            except Unavailable:
                if self.now() + STORE_AGAIN_MS > latest:
                    raise
            self.pause(STORE_AGAIN_MS)
