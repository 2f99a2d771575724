"""Messages between the Lambdas: small, versioned, and pointing at objects instead of holding them."""

from dataclasses import dataclass

from rekbridge_lambda.domain.ids import ImageId, OwnerId, ResultKey, RunId


@dataclass(frozen=True, slots=True)
class Work:
    """One operation to run on one image. `uploaded_at` is in milliseconds since 1970."""

    run_id: RunId
    owner: OwnerId
    image_id: ImageId
    operation: str
    prepared_key: str
    uploaded_at: int


@dataclass(frozen=True, slots=True)
class AnalysisFinished:
    """An operation has ended: its result is in the results bucket, or `code` and `reason` say why not."""

    run_id: RunId
    owner: OwnerId
    image_id: ImageId
    operation: str
    uploaded_at: int
    result_key: ResultKey | None = None
    code: str | None = None
    reason: str | None = None
