"""One in-memory fake per port of ports.py; tests/contract runs the same tests on fakes and adapters."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from rekbridge_lambda.domain.errors import StagedCopyMissing
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, PreparedImage
from rekbridge_lambda.domain.messages import AnalysisFinished, Work
from rekbridge_lambda.domain.operations import DeployedOperation
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.domain.runs import Run
from rekbridge_lambda.imaging.dimensions import fit_within

from tests.fake_buckets import FakeMediaStore as FakeMediaStore
from tests.fake_buckets import FakePreparedImageStore as FakePreparedImageStore
from tests.fake_buckets import FakeResultStore as FakeResultStore
from tests.fake_buckets import FakeStagingStore as FakeStagingStore
from tests.fake_buckets import FakeUploadSigner as FakeUploadSigner
from tests.fake_rate_limits import FakeCallerLimitStore as FakeCallerLimitStore
from tests.fake_rate_limits import FakeRateLimitStore as FakeRateLimitStore
from tests.fake_rate_limits import FakeRegionSelector as FakeRegionSelector
from tests.fake_tables import FakeClaimStore as FakeClaimStore
from tests.fake_tables import FakeLibrary as FakeLibrary
from tests.fake_tables import FakeOwnerKeys as FakeOwnerKeys
from tests.fake_time import FakeClock as FakeClock
from tests.fake_time import FakeSleep as FakeSleep


@dataclass
class FakeImagePreparer:
    """Scales in name only: the prepared file is its size as text, followed by the original."""

    prepared_count: int = 0

    def prepare(self, file: BinaryIO, header: ImageHeader, limits: ImageLimits) -> PreparedImage:
        width, height = fit_within(header.width, header.height, limits)
        self.prepared_count += 1
        file.seek(0)
        body = f"{width}x{height} ".encode() + file.read()
        return PreparedImage(body[: limits.bytes], "image/jpeg", width, height)


@dataclass
class FakeRekognitionApi:
    """Returns `responses` by operation. `errors` come first, one per call; `calls` are those that AWS would bill."""

    staging: FakeStagingStore
    responses: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[Exception] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def analyze(self, operation: DeployedOperation, region: str, image: Mapping[str, Any]) -> dict[str, Any]:
        if self.errors:
            raise self.errors.pop(0)
        if "S3Object" in image and image["S3Object"]["Name"] not in self.staging.bodies:
            raise StagedCopyMissing("Unable to get object metadata from S3")
        self.calls.append(operation.name)
        return self.responses.get(operation.name, {operation.definition.response_key: []})


@dataclass
class FakeWorkQueue:
    sent: list[Work] = field(default_factory=list)
    depths: dict[str, int] = field(default_factory=dict)

    def send(self, work: Iterable[Work]) -> None:
        self.sent += work

    def get_depth(self, operation: str) -> int:
        return self.depths.get(operation, 0)


class FakeResultQueue(list[AnalysisFinished]):
    send = list.append


@dataclass
class FakeMetrics:
    """The counts by metric and dimensions."""

    counts: Counter[tuple[str, frozenset[tuple[str, str]]]] = field(default_factory=Counter)

    def emit_counts(self, counts: Mapping[str, int], **dimensions: str) -> None:
        for name, value in counts.items():
            self.counts[name, frozenset(dimensions.items())] += value

    def list_emitted(self, name: str) -> dict[str, int]:
        """A metric's counts by operation."""
        return {dict(key).get("Operation", ""): value for (metric, key), value in self.counts.items() if metric == name}


class FakeEventPublisher(list[tuple[AnalysisFinished, Result]]):
    def publish(self, run: Run, finished: AnalysisFinished, result: Result) -> None:
        self.append((finished, result))
