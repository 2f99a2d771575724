"""One fake per port of handlers/ports.py, in memory; tests/contract shows that the adapters behave alike."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from handlers.domain.errors import Gone, StagedCopyMissing
from handlers.domain.forms import Form, Wish
from handlers.domain.images import Limits, Picture, Prepared, fitted
from handlers.domain.messages import Answered, Work
from handlers.domain.operations import Planned
from handlers.domain.pace import Lane, Slot
from handlers.domain.results import Result
from handlers.domain.uploads import Upload
from tests.builders import NOW
from tests.fake_tables import FakeLedger as FakeLedger
from tests.fake_tables import FakeLibrary as FakeLibrary


@dataclass
class FakeClock:
    at: int = NOW

    def __call__(self) -> int:
        return self.at


@dataclass
class FakePause:
    """Time passes at once."""

    now: FakeClock

    def __call__(self, milliseconds: int) -> None:
        self.now.at += max(0, milliseconds)


class FakeMedia(dict[tuple[str, str], bytes]):
    """Originals by key and version."""

    def find(self, key: str, version: str | None = None) -> Upload:
        for of, one in reversed(self):
            if of == key and version in (None, one):
                return Upload(key, one, len(self[key, one]), "", NOW)
        raise Gone(f"{key!r} is not in the media bucket: upload it first")

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


class FakeUploadForms(list[Wish]):
    def sign(self, wish: Wish) -> Form:
        self.append(wish)
        return Form("https://media.s3.eu-west-3.amazonaws.com/", {"key": wish.key, "policy": "..."})


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


class FakeResults(dict[str, Result]):
    def find(self, key: str) -> bool:
        return key in self

    def put(self, key: str, result: Result) -> None:
        self.setdefault(key, result)

    def get(self, key: str) -> Result:  # type: ignore[override]
        return self[key]


@dataclass
class FakePlacement:
    """The first region at once; `told` is what it has learned."""

    full: Exception | None = None
    told: list[tuple[str, str]] = field(default_factory=list)

    def place(self, planned: Planned) -> Slot:
        if self.full:
            raise self.full
        region, allowed = next(iter(planned.regions.items()))
        return Slot(planned.operation.name, region, allowed.tps, at=0, issued=0)

    def answered(self, slot: Slot) -> None:
        self.told.append(("answered", slot.region))

    def throttled(self, slot: Slot) -> None:
        self.told.append(("throttled", slot.region))

    def failed(self, slot: Slot) -> None:
        self.told.append(("failed", slot.region))

    def refused(self, slot: Slot) -> None:
        self.told.append(("refused", slot.region))


@dataclass
class FakePaceStore(dict[tuple[str, str], Lane]):
    """Lanes in memory; `steps` counts the writes."""

    steps: int = 0

    def advance(self, operation: str, region: str, interval: int, low: int, high: int) -> tuple[bool, Lane]:
        lane = self.lane(operation, region)
        free = lane.open_until is None and lane.tat is not None and low <= lane.tat <= high
        return self.change(operation, region, free, tat=(lane.tat or 0) + interval)

    def start(self, operation: str, region: str, tat: int, low: int) -> tuple[bool, Lane]:
        lane = self.lane(operation, region)
        free = lane.open_until is None and (lane.tat is None or lane.tat < low)
        return self.change(operation, region, free, tat=tat)

    def cut(self, operation: str, region: str, rate_milli: int, at: int, before: int) -> Lane:
        last = self.lane(operation, region).cut_at
        return self.change(operation, region, last is None or last < before, rate_milli=rate_milli, cut_at=at)[1]

    def open(self, operation: str, region: str, until: int, seen: int | None) -> tuple[bool, Lane]:
        return self.change(operation, region, self.lane(operation, region).open_until == seen, open_until=until)

    probe = open

    def close(self, operation: str, region: str) -> Lane:
        return self.change(operation, region, True, open_until=None)[1]

    def lanes(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Lane]:
        return {key: self.lane(*key) for key in keys}

    def lane(self, operation: str, region: str) -> Lane:
        return self.get((operation, region), Lane())

    def change(self, operation: str, region: str, may: bool, **changed: int | None) -> tuple[bool, Lane]:
        self.steps += 1
        if may:
            self[operation, region] = replace(self.lane(operation, region), **changed)
        return may, self.lane(operation, region)


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
