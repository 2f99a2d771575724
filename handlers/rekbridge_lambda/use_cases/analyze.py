"""Work becomes a result, and ROUTE is told."""

from dataclasses import dataclass

from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.errors import ImageTooLarge, OutOfAttempts, Rejected, StagedCopyMissing
from rekbridge_lambda.domain.messages import Answered, Work
from rekbridge_lambda.domain.operations import Plan, Planned, planned
from rekbridge_lambda.ports import Answers, Shelf, Staging
from rekbridge_lambda.use_cases.paid_call import Ask, Picture


@dataclass(frozen=True, slots=True)
class Analyze:
    """The ports and the plan that work is done with."""

    plan: Plan
    ask: Ask
    shelf: Shelf
    staging: Staging
    answers: Answers

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
        if key is None:
            return "staged again: its arrival will ask for this work"
        self.tell(work, result=key)
        return key

    def answered(self, work: Work, deadline: int) -> str | None:
        """Where the answer lies; None when the staged copy was missing, and is staged again. Raises Rejected."""
        plan = planned(self.plan, work.operation)
        key = ids.result_key(work.image, work.operation, plan.parameters)
        try:
            self.ask(key, plan, lambda: self.picture(work, plan), deadline)
        except StagedCopyMissing:
            self.staging.put(ids.staged_key(work.run, work.prepared), self.shelf.get(work.prepared))
            return None
        return key

    def picture(self, work: Work, plan: Planned) -> Picture:
        """The prepared image by this operation's way. Raises Gone when it has expired, StagedCopyMissing."""
        if plan.way == "staged":
            copy = ids.staged_key(work.run, work.prepared)
            size = self.staging.size(copy)
            if size is None:
                # Seen here it is no attempt: five would end an image that only waited too long.
                raise StagedCopyMissing("the staged copy was taken away")
            return {"S3Object": {"Name": copy}}, size
        body = self.shelf.get(work.prepared)
        if len(body) > plan.limits.bytes:
            # The operation was deployed with the other way since; stored as an answer this would outlast the new run.
            raise ImageTooLarge(f"{len(body)} bytes were prepared for the staged way; upload the image again")
        return {"Bytes": body}, len(body)

    def tell(self, work: Work, result: str | None = None, code: str | None = None, reason: str | None = None) -> None:
        """Tell ROUTE where the answer lies, or why there is none."""
        self.answers.send(
            Answered(work.run, work.owner, work.image, work.operation, work.uploaded_at, result, code, reason)
        )
