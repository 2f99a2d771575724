"""Analyse now: an image is prepared at home and asked about at everybody's pace, while somebody waits."""

from dataclasses import dataclass, replace
from hashlib import file_digest
from io import SEEK_END
from pathlib import Path
from tempfile import TemporaryDirectory

from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.errors import RefusedByService
from rekbridge_lambda.domain.operations import Planned
from rekbridge_lambda.domain.requests import Question, Stored
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.imaging.sniffing import Prepared, sniff, weigh
from rekbridge_lambda.ports import Clock, Media, Preparation, Results
from rekbridge_lambda.use_cases.paid_call import Picture
from rekbridge_lambda.use_cases.retry import AskUntil


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
    ask_until: AskUntil
    now: Clock

    def __call__(self, plan: Planned, question: Question, owner: str, deadline: int) -> Answer:
        """The answer before the deadline (milliseconds). Raises Rejected, RefusedByService, Unavailable, OutOfAttempts.

        `owner` has the images that come with the question; those in the media bucket have their own.
        """
        with TemporaryDirectory() as folder:
            originals = [self.original(image, owner, Path(folder, str(n))) for n, image in enumerate(question.images)]
            key = ids.result_key(ids.pair_id([one.image for one in originals]), plan.operation.name, plan.parameters)
            if self.results.find(key):
                return Answer(self.found(key), cached=True)
            prepared = tuple(self.prepared(one, plan) for one in originals)
        began = self.now()
        asked = self.ask_until(key, *self.call(plan, prepared), deadline)
        if asked is None:
            return Answer(self.found(key), cached=True, waited_ms=self.now() - began)
        waited = self.now() - began - asked.called_ms
        return Answer(self.found(key), False, waited, asked.called_ms, prepared)

    def original(self, given: bytes | Stored, owner: str, path: Path) -> Original:
        """The image in a file. Raises Gone or ImageTooLarge."""
        if isinstance(given, Stored):
            upload = self.media.find(given.key, given.version)
            weigh(upload.size)
            return Original(path, ids.image_id(upload.owner, self.media.fetch(upload, path)))
        path.write_bytes(given)
        with path.open("rb") as file:
            return Original(path, ids.image_id(owner, file_digest(file, "sha256").hexdigest()))

    def prepared(self, original: Original, plan: Planned) -> Prepared:
        """What of the image leaves home. Raises Rejected."""
        with original.path.open("rb") as file:

            def read(offset: int, length: int) -> bytes:
                file.seek(offset)
                return file.read(length)

            picture = sniff(read, file.seek(0, SEEK_END))
        return self.preparation.prepare(original.path, picture, plan.limits)

    def call(self, plan: Planned, prepared: tuple[Prepared, ...]) -> tuple[Planned, Picture]:
        """What is asked, and the image it is asked about; a second one goes along as a parameter."""
        first, *others = ({"Bytes": one.body} for one in prepared)
        named = dict(zip(plan.operation.images[1:], others, strict=True))
        return replace(plan, settings=plan.settings | named), (first, sum(len(one.body) for one in prepared))

    def found(self, key: str) -> Result:
        """The answer that is there. Raises RefusedByService where it is a refusal."""
        result = self.results.get(key)
        if result.code:
            raise RefusedByService(result.reason or "")
        return result
