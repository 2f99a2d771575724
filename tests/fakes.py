"""One fake per port of handlers/ports.py, in memory; tests/contract shows that the adapters behave alike."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from handlers.domain.attempts import MOST_ATTEMPTS, Attempt, Claim, Outcome
from handlers.domain.errors import ClaimHeld, Gone, OutOfAttempts, StagedCopyMissing, UnreadableMessage
from handlers.domain.images import Limits, Picture, Prepared, fitted
from handlers.domain.messages import Answered, Work
from handlers.domain.operations import Planned
from handlers.domain.results import Result
from handlers.domain.runs import Image, Run, Source
from handlers.domain.uploads import Upload
from tests.builders import NOW


@dataclass
class FakeClock:
    at: int = NOW

    def __call__(self) -> int:
        return self.at


class FakeMedia(dict[tuple[str, str], bytes]):
    """Originals by key and version."""

    def read(self, upload: Upload, offset: int, length: int) -> bytes:
        return self.version(upload)[offset : offset + length]

    def fetch(self, upload: Upload, into: Path) -> str:
        body = self.version(upload)
        into.write_bytes(body)
        return sha256(body).hexdigest()

    def version(self, upload: Upload) -> bytes:
        try:
            return self[upload.key, upload.version]
        except KeyError:
            raise Gone(f"{upload.key} version {upload.version} was deleted before it was read") from None


@dataclass
class FakePreparation:
    """Scales in words only: the variant says its size, then comes the original."""

    made: int = 0

    def prepare(self, path: Path, picture: Picture, limits: Limits) -> Prepared:
        width, height = fitted(picture.width, picture.height, limits)
        self.made += 1
        body = f"{width}x{height} ".encode() + path.read_bytes()
        return Prepared(body[: limits.bytes], "image/jpeg", width, height)


class FakeShelf(dict[str, Prepared]):
    put = dict.__setitem__

    def get(self, key: str) -> bytes:  # type: ignore[override]
        if key not in self:
            raise Gone(f"the prepared image {key} has expired; upload the image again")
        return self[key].body

    def size(self, key: str) -> int:
        return len(self.get(key))


@dataclass
class FakeStaging:
    """Copies with the time they came; `arrivals` is what the bucket announces."""

    now: FakeClock = field(default_factory=FakeClock)
    bodies: dict[str, bytes] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    arrivals: list[str] = field(default_factory=list)

    def put(self, key: str, body: bytes) -> None:
        self.bodies[key], self.times[key] = body, self.now()
        self.arrivals.append(key)

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.bodies.pop(key, None)
            self.times.pop(key, None)

    def copies(self) -> Iterator[tuple[str, int]]:
        yield from sorted(self.times.items())


@dataclass
class FakeLibrary:
    sources: dict[tuple[str, str], Source] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)
    all_runs: dict[str, Run] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    results: dict[tuple[str, str], Result] = field(default_factory=dict)
    labelled: set[tuple[str, str, str]] = field(default_factory=set)

    def counts(self, owner: str) -> dict[str, int]:
        return Counter(label for of, label, _ in self.labelled if of == owner)

    def source(self, upload: Upload) -> Source | None:
        return self.sources.get((upload.key, upload.version))

    def refuse(self, source: Source) -> None:
        known = self.source(source.upload)
        if known is None or known.image is None:
            self.sources[source.upload.key, source.upload.version] = source

    def admit(self, source: Source, image: Image, run: Run) -> Run:
        self.sources[source.upload.key, source.upload.version] = source
        self.images.setdefault(image.id, image)
        for operation, why in run.refused.items():
            failed = Result.without_answer(operation, why.code, str(why), run.due_at)
            self.keep((image.id, operation), failed)
        return self.all_runs.setdefault(run.id, replace(run, refused={}))

    def run(self, run: str) -> Run | None:
        return self.all_runs.get(run)

    def runs(self, runs: Iterable[str]) -> dict[str, Run]:
        return {run: self.all_runs[run] for run in runs if run in self.all_runs}

    def record(self, answered: Answered, result: Result, labels: list[str], seen: list[str], at: int) -> Run:
        run = self.all_runs.get(answered.run)
        if run is None:
            raise UnreadableMessage(f"no run {answered.run} in this library")
        self.labelled |= {(answered.owner, label, answered.image) for label in labels}
        self.keep((answered.image, answered.operation), result)
        self.all_runs[run.id] = replace(run, pending=run.pending - {answered.operation})
        return self.all_runs[run.id]

    def keep(self, key: tuple[str, str], result: Result) -> None:
        known = self.results.get(key)
        later = known is not None and not result.code and known.asked_at < result.asked_at
        if known is None or known.code or later:
            self.results[key] = result

    def close(self, run: Run) -> None:
        if not self.all_runs[run.id].pending:
            self.closed.add(run.id)

    def due(self, at: int, most: int) -> list[Run]:
        waiting = [run for run in self.all_runs.values() if run.id not in self.closed and run.due_at < at]
        return sorted(waiting, key=lambda run: run.due_at)[:most]

    def postpone(self, run: Run, until: int) -> None:
        if run.id not in self.closed:
            self.all_runs[run.id] = replace(self.all_runs[run.id], due_at=until, sweeps=run.sweeps + 1)


class FakeResults(dict[str, Result]):
    def find(self, key: str) -> bool:
        return key in self

    def put(self, key: str, result: Result) -> None:
        self.setdefault(key, result)

    def get(self, key: str) -> Result:  # type: ignore[override]
        return self[key]


@dataclass
class Lease:
    """One result's row in the ledger."""

    until: int | None = None
    attempts: list[tuple[Attempt, str | None, str]] = field(default_factory=list)
    unpaid: int = 0


class FakeLedger(dict[str, Lease]):
    def claim(self, result: str, attempt: Attempt, until: int) -> Claim:
        lease = self.setdefault(result, Lease())
        if lease.until is not None and lease.until >= attempt.at:
            raise ClaimHeld("another worker is at this result", (lease.until - attempt.at) / 1000 + 1)
        if len(lease.attempts) >= MOST_ATTEMPTS:
            tried = [detail or "stopped before an answer" for _, _, detail in lease.attempts]
            raise OutOfAttempts(f"{len(tried)} attempts: {'; '.join(tried)}")
        lease.until = until
        lease.attempts.append((attempt, None, ""))
        return Claim(result, attempt, len(lease.attempts) - 1, until)

    def settle(self, claim: Claim, outcome: Outcome, detail: str) -> None:
        lease, ended = self[claim.result], (claim.attempt, outcome, detail)
        if lease.until != claim.until:
            if lease.attempts[claim.number][:2] == (claim.attempt, None):
                lease.attempts[claim.number] = ended
            return
        lease.until = None
        if outcome == "unpaid":
            del lease.attempts[claim.number]
            lease.unpaid += 1
        else:
            lease.attempts[claim.number] = ended


@dataclass
class FakePlacement:
    full: Exception | None = None

    def place(self, planned: Planned) -> str:
        if self.full:
            raise self.full
        return planned.region


@dataclass
class FakeVision:
    """Sees what it is told; `errors` come first, one a call, and `calls` are those that AWS would bill."""

    staging: FakeStaging
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[Exception] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def analyze(self, planned: Planned, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
        if self.errors:
            raise self.errors.pop(0)
        if "S3Object" in image and image["S3Object"]["Name"] not in self.staging.bodies:
            raise StagedCopyMissing("Unable to get object metadata from S3")
        self.calls.append(planned.operation.name)
        return self.answers.get(planned.operation.name, {planned.operation.answer: []})


@dataclass
class FakeWorkQueues:
    sent: list[Work] = field(default_factory=list)
    depths: dict[str, int] = field(default_factory=dict)

    def send(self, work: Iterable[Work]) -> None:
        self.sent += work

    def depth(self, operation: str) -> int:
        return self.depths.get(operation, 0)


class FakeAnswers(list[Answered]):
    send = list.append


class FakeAnnouncements(list[tuple[Answered, Result]]):
    def announce(self, answered: Answered, result: Result) -> None:
        self.append((answered, result))
