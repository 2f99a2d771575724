"""What a check says, and how one is run: an error of AWS is no failure, it is "cannot tell"."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import ClientError

from rekbridge.deploy.preflight.findings import CHECK_ERRORS, describe_failure
from rekbridge.support.aws_errors import GONE_CODES, get_error_code


class Status(StrEnum):
    """Whether what a check is about holds. Advice is for what nobody can check from here."""

    PASSED = "pass"
    FAILED = "fail"
    UNKNOWN = "cannot tell"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class AuditJudgement:
    """What was seen, what that means, and what to do about it ("" when nothing is to be done)."""

    status: Status
    seen: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """A judgement, with the check and the resource that it is about."""

    check: str
    resource: str
    region: str
    judgement: AuditJudgement


@dataclass(frozen=True, slots=True)
class Check:
    """One reading of one resource. `judge` returns one judgement for each of `names`, or raises what AWS answers."""

    names: tuple[str, ...]
    resource: str
    region: str
    judge: Callable[[], Iterable[AuditJudgement]]

    def run(self) -> list[AuditVerdict]:
        """Judge. What cannot be read is "cannot tell", for each name."""
        try:
            judgements = list(self.judge())
        except CHECK_ERRORS as error:
            judgements = [_judge_error(error)] * len(self.names)
        return [
            AuditVerdict(name, self.resource, self.region, judgement)
            for name, judgement in zip(self.names, judgements, strict=True)
        ]


def _judge_error(error: Exception) -> AuditJudgement:
    if isinstance(error, ClientError) and get_error_code(error) in GONE_CODES:
        return AuditJudgement(Status.FAILED, f"It is gone: {error}", "Run `rekbridge deploy`, which creates it again.")
    failure = describe_failure(error)
    return AuditJudgement(Status.UNKNOWN, failure.problem, failure.next_step)


def expect(holds: bool, seen: str, next_step: str) -> AuditJudgement:
    """Judge that something holds, or else what to do."""
    return AuditJudgement(Status.PASSED, seen) if holds else AuditJudgement(Status.FAILED, seen, next_step)


def expect_none(faults: Iterable[str], seen: str, next_step: str) -> AuditJudgement:
    """Judge that there are no faults: `seen` is what is said then, the faults otherwise."""
    found = list(faults)
    return AuditJudgement(Status.FAILED, "; ".join(found), next_step) if found else AuditJudgement(Status.PASSED, seen)
