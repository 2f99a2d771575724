"""Analyse now: an image is prepared at home and asked about at everybody's pace, while somebody waits."""

from dataclasses import dataclass, replace
from hashlib import file_digest
from io import SEEK_END
from pathlib import Path
from tempfile import TemporaryDirectory

from handlers.domain import identity
from handlers.domain.errors import ClaimHeld, NoAnswer, NotReady, RefusedByService, Throttled, Unavailable
from handlers.domain.images import Prepared, sniff, weigh
from handlers.domain.operations import Planned
from handlers.domain.requests import Question, Stored
from handlers.domain.results import Result
from handlers.flows.ask import Ask, Asked
from handlers.ports import Clock, Media, Pause, Preparation, Results

# What an attempt may take: its slot lies up to 5 s ahead, the call ends after 10 s (adapters/aws.py), then it is kept.
ATTEMPT_MS = 16_000
# Left of the time when the answer has to go: API Gateway's clock began before ours, with a cold start even seconds.
MARGIN_MS = 2_500
# Between two looks for the answer that somebody else is getting, or two tries.
PAUSES_MS = 250, 500, 1_000, 2_000


@dataclass(frozen=True, slots=True)
class Original:
    """An image as it came, in a file of its own, and its name in this owner's library."""

    path: Path
    image: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, and how: `waited_ms` is for a slot, or for whoever asked first; nothing is prepared twice."""

    result: Result
    cached: bool
    waited_ms: int = 0
    called_ms: int = 0
    prepared: tuple[Prepared, ...] = ()


@dataclass(frozen=True, slots=True)
class AnalyzeNow:
    """The ports that a question is answered with while its caller waits."""

    media: Media
    preparation: Preparation
    results: Results
    ask: Ask
    pause: Pause
    now: Clock

    def __call__(self, plan: Planned, question: Question, owner: str, deadline: int) -> Answer:
        """The answer before the deadline (milliseconds). Raises Rejected, RefusedByService, Unavailable, OutOfAttempts.

        `owner` has the images that come with the question; those in the media bucket have their own.
        """
        with TemporaryDirectory() as folder:
            originals = [self.original(image, owner, Path(folder, str(n))) for n, image in enumerate(question.images)]
            key = identity.result_key(
                identity.pair_id([one.image for one in originals]), plan.operation.name, plan.parameters
            )
            if self.results.find(key):
                return Answer(self.found(key), cached=True)
            prepared = tuple(self.prepared(one, plan) for one in originals)
        began = self.now()
        asked = self.asked(key, plan, prepared, deadline)
        if asked is None:
            return Answer(self.found(key), cached=True, waited_ms=self.now() - began)
        waited = self.now() - began - asked.called_ms
        return Answer(self.found(key), False, waited, asked.called_ms, prepared)

    def original(self, given: bytes | Stored, owner: str, path: Path) -> Original:
        """The image in a file. Raises Gone or ImageTooLarge."""
        if isinstance(given, Stored):
            upload = self.media.find(given.key, given.version)
            weigh(upload.size)
            return Original(path, identity.image_id(upload.owner, self.media.fetch(upload, path)))
        path.write_bytes(given)
        with path.open("rb") as file:
            return Original(path, identity.image_id(owner, file_digest(file, "sha256").hexdigest()))

    def prepared(self, original: Original, plan: Planned) -> Prepared:
        """What of the image leaves home. Raises Rejected."""
        with original.path.open("rb") as file:

            def read(offset: int, length: int) -> bytes:
                file.seek(offset)
                return file.read(length)

            picture = sniff(read, file.seek(0, SEEK_END))
        return self.preparation.prepare(original.path, picture, plan.limits)

    def asked(self, key: str, plan: Planned, prepared: tuple[Prepared, ...], deadline: int) -> Asked | None:
        """See that the answer is there, in as many attempts as there is time for; None: somebody else got it."""
        latest = deadline - MARGIN_MS
        first, *others = ({"Bytes": one.body} for one in prepared)
        # The second image goes along as a parameter; the key was made without it.
        named = dict(zip(plan.operation.images[1:], others, strict=True))
        plan, size = replace(plan, settings=plan.settings | named), sum(len(one.body) for one in prepared)
        if self.now() + ATTEMPT_MS > latest:
            raise NoAnswer("preparing the image took too long for a caller to wait: upload it, it will be analysed")
        tries = 0
        while True:
            try:
                return self.ask(key, plan, lambda: (first, size), deadline)
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

    def found(self, key: str) -> Result:
        """The answer that is there. Raises RefusedByService where it is a refusal."""
        result = self.results.get(key)
        if result.code:
            raise RefusedByService(result.reason or "")
        return result
