"""One question, asked again and again until there is an answer or no time is left for another try."""

from dataclasses import dataclass

from rekbridge_lambda.domain.errors import ClaimHeld, NoAnswer, NotReady, Throttled, Unavailable
from rekbridge_lambda.domain.operations import Planned
from rekbridge_lambda.ports import Clock, Pause, Results
from rekbridge_lambda.use_cases.paid_call import Ask, Asked, Picture

# What an attempt may take: its slot lies up to 5 s ahead, the call ends after 10 s (adapters/aws.py), then it is kept.
ATTEMPT_MS = 16_000
# Left of the time when the answer has to go: API Gateway's clock began before ours, with a cold start even seconds.
MARGIN_MS = 2_500
# Between two looks for the answer that somebody else is getting, or two tries.
PAUSES_MS = 250, 500, 1_000, 2_000


@dataclass(frozen=True, slots=True)
class AskUntil:
    """The ports that a question is asked with while its caller waits."""

    results: Results
    ask: Ask
    pause: Pause
    now: Clock

    def __call__(self, key: str, plan: Planned, picture: Picture, deadline: int) -> Asked | None:
        """See that the answer lies under `key` before the deadline (milliseconds); None: somebody else got it.

        Raises what the last try ended with, in time to be told.
        """
        latest = deadline - MARGIN_MS
        if self.now() + ATTEMPT_MS > latest:
            raise NoAnswer("preparing the image took too long for a caller to wait: upload it, it will be analysed")
        tries = 0
        while True:
            try:
                return self.ask(key, plan, lambda: picture, deadline)
            except NotReady:
                raise
            except Unavailable as why:
                pause = self.pause_after(why, tries)
                if self.now() + pause + ATTEMPT_MS > latest:
                    if isinstance(why, ClaimHeld) and self.appears(key, latest):
                        return None
                    raise
            self.pause(pause)
            tries += 1

    def pause_after(self, why: Unavailable, tries: int) -> int:
        """Milliseconds until it is worth another try; the placement knows of another region at once."""
        if isinstance(why, Throttled) and why.retry_in:
            return round(1000 * why.retry_in)
        return PAUSES_MS[min(tries, len(PAUSES_MS) - 1)]

    def appears(self, key: str, latest: int) -> bool:
        """Whether whoever is at it has an answer in time."""
        while self.now() + PAUSES_MS[0] < latest:
            self.pause(PAUSES_MS[0])
            if self.results.find(key):
                return True
        return False
