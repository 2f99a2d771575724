"""Messages between the Lambdas: small, versioned, and pointing at rows and objects instead of holding them.

They name a run. Its owner, its image and its prepared images are read from its row: who can send a message can repeat
work of a run, but not turn it into work on somebody else's image.
"""

from dataclasses import dataclass

from rekbridge_lambda.domain.ids import ResultKey, RunId


@dataclass(frozen=True, slots=True)
class Work:
    """One operation of a run to do."""

    run_id: RunId
    operation: str


@dataclass(frozen=True, slots=True)
class AnalysisFinished:
    """An operation has ended: its result is in the results bucket, or `code` and `reason` say why not."""

    run_id: RunId
    operation: str
    result_key: ResultKey | None = None
    code: str | None = None
    reason: str | None = None
