"""Retry a paid call until there is a result, or too little time is left before the caller's deadline."""

from dataclasses import dataclass

from rekbridge_lambda.domain.errors import ClaimHeld, NoAnswer, NotReady, Throttled, Unavailable
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.domain.operations import DeployedOperation
from rekbridge_lambda.ports import Clock, ResultStore, Sleep
from rekbridge_lambda.use_cases.paid_call import CallTiming, ImageArgument, PaidCalls

# An attempt: its call is reserved up to 5 s ahead and ends after 10 s (adapters/aws.py); then the result is stored.
ATTEMPT_MS = 16_000
# Time left when the response has to leave: API Gateway's clock started before ours, with a cold start even seconds.
MARGIN_MS = 2_500
# Pauses between two attempts, or two looks for the result of another worker.
PAUSES_MS = 250, 500, 1_000, 2_000


@dataclass(frozen=True, slots=True)
class DeadlineRetry:
    """Retries a paid call while its caller waits."""

    results: ResultStore
    paid_calls: PaidCalls
    sleep: Sleep
    now: Clock

    def call_until_deadline(
        self, key: ResultKey, operation: DeployedOperation, image: ImageArgument, deadline: int
    ) -> CallTiming | None:
        """Make sure that a result is stored before the deadline (milliseconds); None when another worker stored it.

        Raises the error of the last attempt, early enough to be reported to the caller.
        """
        latest = deadline - MARGIN_MS
        if self.now() + ATTEMPT_MS > latest:
            raise NoAnswer(
                "preparing the image took too long for a synchronous call: upload it with POST /uploads, "
                "then it is analysed as soon as there is quota"
            )
        attempts = 0
        while True:
            try:
                return self.paid_calls.ensure_result(key, operation, lambda: image, deadline)
            except NotReady:
                raise
            except Unavailable as why:
                pause = compute_pause(why, attempts)
                if self.now() + pause + ATTEMPT_MS > latest:
                    if isinstance(why, ClaimHeld) and self.wait_for_result(key, latest):
                        return None
                    raise
            self.sleep(pause)
            attempts += 1

    def wait_for_result(self, key: ResultKey, latest: int) -> bool:
        """Whether the worker that holds the lease stores a result in time."""
        while self.now() + PAUSES_MS[0] < latest:
            self.sleep(PAUSES_MS[0])
            if self.results.has_result(key):
                return True
        return False


def compute_pause(why: Unavailable, attempts: int) -> int:
    """Milliseconds until the next attempt: longer each time, and as long as the rate limiter knows its regions full.

    The limiter names the next call that is free, for which every caller waits: without pauses that grow, all of them
    would try again at that moment, each with a write.
    """
    pause = PAUSES_MS[min(attempts, len(PAUSES_MS) - 1)]
    return max(pause, round(1000 * why.retry_in)) if isinstance(why, Throttled) and why.retry_in else pause
