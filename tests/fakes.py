"""One fake per port of rekbridge_lambda/ports.py, in memory; tests/contract shows that the adapters behave alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rekbridge_lambda.domain.errors import StagedCopyMissing
from rekbridge_lambda.domain.messages import Answered, Work
from rekbridge_lambda.domain.operations import Planned
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.imaging.sniffing import Limits, Picture, Prepared, fitted

from tests.fake_buckets import FakeMedia as FakeMedia
from tests.fake_buckets import FakeResults as FakeResults
from tests.fake_buckets import FakeShelf as FakeShelf
from tests.fake_buckets import FakeStaging as FakeStaging
from tests.fake_buckets import FakeUploadForms as FakeUploadForms
from tests.fake_pace import FakePaceStore as FakePaceStore
from tests.fake_pace import FakePlacement as FakePlacement
from tests.fake_tables import FakeLedger as FakeLedger
from tests.fake_tables import FakeLibrary as FakeLibrary
from tests.fake_time import FakeClock as FakeClock
from tests.fake_time import FakePause as FakePause


@dataclass
class FakePreparation:
    """Scales in words only: the variant says its size, then comes the original."""

    made: int = 0

    def prepare(self, path: Path, picture: Picture, limits: Limits) -> Prepared:
        width, height = fitted(picture.width, picture.height, limits)
        self.made += 1
        body = f"{width}x{height} ".encode() + path.read_bytes()
        return Prepared(body[: limits.bytes], "image/jpeg", width, height)


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
