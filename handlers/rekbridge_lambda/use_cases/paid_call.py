"""A paid call: at most one per lease, and never a second one for a result that is stored."""

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
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.domain.operations import DeployedOperation
from rekbridge_lambda.domain.rate_limits import Reservation
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.ports import ClaimStore, Clock, RegionSelector, RekognitionApi, ResultStore, Sleep

# Lambda stops a worker at its deadline by Lambda's clock; the next worker may not claim earlier by its own clock.
CLOCK_SKEW_MS = 1000
# How often storing a paid response is retried, and how long before the deadline the last retry begins.
STORE_RETRY_MS, STORE_MARGIN_MS = 500, 2_500
# Connecting takes up to 3 seconds and the answer up to 10 (adapters/aws.py): a later call could be paid for and lost.
CALL_MS = 13_000

# The image as the request names it, and how many bytes of it leave home or are staged in the remote region.
type ImageArgument = tuple[Mapping[str, Any], int]


@dataclass(frozen=True, slots=True)
class CallTiming:
    """Region of a call, and how many milliseconds it waited for its reservation and for the answer."""

    region: str
    waited_ms: int
    called_ms: int


@dataclass(frozen=True, slots=True)
class PaidCalls:
    """Calls Rekognition, idempotent by result key."""

    home_region: str
    results: ResultStore
    claims: ClaimStore
    region_selector: RegionSelector
    rekognition: RekognitionApi
    sleep: Sleep
    now: Clock

    def ensure_result(
        self, key: ResultKey, operation: DeployedOperation, load_image: Callable[[], ImageArgument], deadline: int
    ) -> CallTiming | None:
        """Make sure that a result is stored under `key` before the deadline (milliseconds); None if it was already.

        A refusal by Rekognition is a result too. Raises Unavailable when it has to wait, OutOfAttempts when a person
        has to look, Rejected when there is no image to send.
        """
        return None if self.results.has_result(key) else self.attempt_call(key, operation, load_image, deadline)

    def attempt_call(
        self, key: ResultKey, operation: DeployedOperation, load_image: Callable[[], ImageArgument], deadline: int
    ) -> CallTiming | None:
        """One attempt with one reservation under one lease; its outcome is recorded, whatever it is."""
        started_at = self.now()
        reservation = self.region_selector.reserve(operation)
        # Loaded while the reserved time comes nearer.
        image, size = load_image()
        self.sleep(reservation.at // 1000 - self.now())
        if self.now() + CALL_MS > deadline:
            raise Unavailable(f"less than {CALL_MS // 1000} s are left, too little for a call", retry_in=1)
        attempt = Attempt(operation.name, self.home_region, reservation.region, operation.transfer, size, self.now())
        claim = self.acquire_claim(key, attempt, deadline)
        if claim is None:
            return None
        try:
            response = self.rekognition.analyze(operation, reservation.region, image)
        except (Rejected, Unavailable) as why:
            self.record_failure(claim, why)
            self.report_outcome(reservation, why)
            if not isinstance(why, Rejected):
                raise
        else:
            self.store_result(claim, response=response)
            self.region_selector.report_success(reservation)
        return CallTiming(reservation.region, attempt.at - started_at, self.now() - attempt.at)

    def acquire_claim(self, key: ResultKey, attempt: Attempt, deadline: int) -> Claim | None:
        """The lease; None when another worker stored the result while this one waited for its reservation."""
        try:
            claim = self.claims.claim(key, attempt, lease_until=deadline + CLOCK_SKEW_MS)
        except OutOfAttempts:
            # The last attempt may just have succeeded.
            if self.results.has_result(key):
                return None
            raise
        # Released also when the lookup fails.
        is_unused = True
        try:
            # Only an earlier attempt can have brought a result, and it is stored before that attempt's lease ends.
            is_unused = claim.attempt_index > 0 and self.results.has_result(key)
        finally:
            if is_unused:
                self.claims.release(claim)
        return None if is_unused else claim

    def record_failure(self, claim: Claim, why: Rejected | Unavailable) -> None:
        """Record a call without a response; a refusal by Rekognition is stored as the result."""
        match why:
            case Rejected():
                self.store_result(claim, code=why.code, reason=str(why))
            case StagedCopyMissing():
                # Counted as an attempt: otherwise a bucket that Rekognition cannot read would be filled for ever.
                self.claims.complete(claim, "failed", str(why))
            case _:
                self.claims.complete(claim, "unpaid", str(why))

    def report_outcome(self, reservation: Reservation, why: Rejected | Unavailable) -> None:
        """Report to the region selector what the call says about its region, after the outcome is recorded."""
        match why:
            case Throttled():
                self.region_selector.report_throttle(reservation)
            case RegionRefused():
                self.region_selector.report_refusal(reservation)
            # The region works: a model that does not run is a matter of its owner.
            case Rejected() | StagedCopyMissing() | NotReady():
                self.region_selector.report_success(reservation)
            case _:
                self.region_selector.report_failure(reservation)

    def store_result(
        self, claim: Claim, response: dict[str, Any] | None = None, code: str | None = None, reason: str | None = None
    ) -> None:
        """Store the result, then record the outcome: a worker that is killed in between has not lost the response."""
        attempt = claim.attempt
        result = Result(
            operation=attempt.operation,
            transfer=attempt.transfer,
            region=attempt.to_region,
            sent_bytes=attempt.sent_bytes,
            called_at=attempt.at,
            responded_at=self.now(),
            response=response or {},
            code=code,
            reason=reason,
        )
        self.store_with_retry(claim, result)
        self.claims.complete(claim, "failed" if code else "done", reason or "")

    def store_with_retry(self, claim: Claim, result: Result) -> None:
        """Store in the results bucket, retrying while the lease prevents a second payment for the same result."""
        last_try_at = claim.lease_until - CLOCK_SKEW_MS - STORE_MARGIN_MS
        while True:
            try:
                return self.results.put_if_absent(claim.result_key, result)
            except Unavailable:
                if self.now() + STORE_RETRY_MS > last_try_at:
                    raise
            self.sleep(STORE_RETRY_MS)
