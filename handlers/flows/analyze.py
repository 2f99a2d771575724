"""Work becomes a result: at most one paid call per lease, and never a second for a result that is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.domain import identity
from handlers.domain.attempts import Attempt, Claim
from handlers.domain.errors import ImageTooLarge, OutOfAttempts, Rejected, StagedCopyMissing, Unavailable
from handlers.domain.messages import Answered, Work
from handlers.domain.operations import Plan, Planned, planned
from handlers.domain.results import Result
from handlers.ports import Answers, Clock, Ledger, Placement, Results, Shelf, Staging, Vision

# A worker is stopped at its deadline by Lambda's clock; the next one may not claim a moment earlier by its own.
CLOCK_SKEW_MS = 1000


@dataclass(frozen=True, slots=True)
class Analyze:
    """The ports and the plan that work is done with."""

    home: str
    plan: Plan
    shelf: Shelf
    staging: Staging
    results: Results
    ledger: Ledger
    placement: Placement
    vision: Vision
    answers: Answers
    now: Clock

    def __call__(self, work: Work, deadline: int) -> str:
        """Answer one question about one image before the deadline (milliseconds), and tell ROUTE.

        Raises Unavailable when it has to wait, OutOfAttempts when a person has to look.
        """
        try:
            key = self.answered(work, deadline)
        except Rejected as why:
            self.tell(work, code=why.code, reason=str(why))
            return why.code
        except OutOfAttempts as why:
            self.tell(work, code="out-of-attempts", reason=str(why))
            raise
        except StagedCopyMissing:
            return "staged again: its arrival will ask for this work"
        self.tell(work, result=key)
        return key

    def answered(self, work: Work, deadline: int) -> str:
        """Where the answer lies; asked for if nobody did before. Raises Rejected when it cannot be asked for."""
        plan = planned(self.plan, work.operation)
        key = identity.result_key(work.image, work.operation, plan.parameters)
        if not self.results.find(key):
            self.ask(work, plan, key, deadline)
        return key

    def ask(self, work: Work, plan: Planned, key: str, deadline: int) -> None:
        """One attempt under one lease; its outcome is in the ledger, whatever it is.

        Raises StagedCopyMissing when the copy was staged again.
        """
        region = self.placement.place(plan)
        image, size = self.image(work, plan)
        attempt = Attempt(work.operation, self.home, region, plan.way, size, self.now())
        claim = self.ledger.claim(key, attempt, until=deadline + CLOCK_SKEW_MS)
        try:
            answer = self.vision.analyze(plan, region, image)
        except Rejected as why:
            self.keep(claim, code=why.code, reason=str(why))
        except StagedCopyMissing as why:
            # Counted as an attempt: a bucket that nobody can read would otherwise be filled for ever.
            self.ledger.settle(claim, "failed", str(why))
            self.staging.put(identity.staged_key(work.run, work.prepared), self.shelf.get(work.prepared))
            raise
        except Unavailable as why:
            self.ledger.settle(claim, "unpaid", str(why))
            raise
        else:
            self.keep(claim, answer=answer)

    def image(self, work: Work, plan: Planned) -> tuple[Mapping[str, Any], int]:
        """The image as the request names it, and the bytes of it that lie, or go, outside home."""
        if plan.way == "staged":
            return {"S3Object": {"Name": identity.staged_key(work.run, work.prepared)}}, self.shelf.size(work.prepared)
        body = self.shelf.get(work.prepared)
        if len(body) > plan.limits.bytes:
            # The operation was deployed with the other way since; stored as an answer this would outlast the new run.
            raise ImageTooLarge(f"{len(body)} bytes were prepared for the staged way; upload the image again")
        return {"Bytes": body}, len(body)

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
        self.results.put(claim.result, result)
        self.ledger.settle(claim, "failed" if code else "done", reason or "")

    def tell(self, work: Work, result: str | None = None, code: str | None = None, reason: str | None = None) -> None:
        """Tell ROUTE where the answer lies, or why there is none."""
        self.answers.send(
            Answered(work.run, work.owner, work.image, work.operation, work.uploaded_at, result, code, reason)
        )
