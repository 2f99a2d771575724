"""The use cases of the pipeline, connected to in-memory fakes of all their ports."""

from dataclasses import dataclass, field
from typing import Any

from rekbridge_lambda.domain.messages import Work
from rekbridge_lambda.domain.operations import DeployedOperation
from rekbridge_lambda.domain.runs import Run
from rekbridge_lambda.domain.uploads import Upload
from rekbridge_lambda.use_cases.analyze import ImageAnalyzer
from rekbridge_lambda.use_cases.bridge import StagedWorkBridge
from rekbridge_lambda.use_cases.ingest import UploadIngester
from rekbridge_lambda.use_cases.paid_call import PaidCalls
from rekbridge_lambda.use_cases.route import ResultRouter
from rekbridge_lambda.use_cases.sweep import StaleRunSweeper, SweepReport

from tests import fakes
from tests.builders import HOME, MINUTE, OPERATIONS, make_png, make_upload
from tests.crash_points import WrapPort, pass_through

# All in milliseconds.
STALE_AFTER, STAGING_TTL = 15 * MINUTE, 24 * 60 * MINUTE
ANALYZE_TIMEOUT = MINUTE // 2
SWEEP_TIMEOUT = 4 * MINUTE


@dataclass
class PipelineHarness:
    """One fake per port. Each method runs one use case; `wrap` is applied to every port that the use case calls."""

    operations: dict[str, DeployedOperation] = field(default_factory=lambda: dict(OPERATIONS))
    now: fakes.FakeClock = field(default_factory=fakes.FakeClock)
    media: fakes.FakeMediaStore = field(default_factory=fakes.FakeMediaStore)
    preparer: fakes.FakeImagePreparer = field(default_factory=fakes.FakeImagePreparer)
    prepared_images: fakes.FakePreparedImageStore = field(default_factory=fakes.FakePreparedImageStore)
    owner_keys: fakes.FakeOwnerKeys = field(default_factory=fakes.FakeOwnerKeys)
    library: fakes.FakeLibrary = field(default_factory=fakes.FakeLibrary)
    results: fakes.FakeResultStore = field(default_factory=fakes.FakeResultStore)
    claims: fakes.FakeClaimStore = field(default_factory=fakes.FakeClaimStore)
    region_selector: fakes.FakeRegionSelector = field(default_factory=fakes.FakeRegionSelector)
    work_queue: fakes.FakeWorkQueue = field(default_factory=fakes.FakeWorkQueue)
    result_queue: fakes.FakeResultQueue = field(default_factory=fakes.FakeResultQueue)
    event_publisher: fakes.FakeEventPublisher = field(default_factory=fakes.FakeEventPublisher)
    metrics: fakes.FakeMetrics = field(default_factory=fakes.FakeMetrics)

    def __post_init__(self) -> None:
        self.staging = fakes.FakeStagingStore(self.now)
        self.rekognition = fakes.FakeRekognitionApi(self.staging)

    def store_original(self, content: str = "cat", key: str = "anna/cat.png", version: str = "v1") -> Upload:
        """Put an image into the media bucket; returns the upload that S3 announces."""
        self.media[key, version] = make_png(content)
        return make_upload(key, version)

    def wrap_ports(self, ports: list[Any], wrap: WrapPort) -> list[Any]:
        """The wrapped ports, and the clock."""
        return [*map(wrap, ports), self.now]

    def ingest(self, upload: Upload, wrap: WrapPort = pass_through, delivery: int = 1) -> str:
        ports = [self.media, self.preparer, self.prepared_images, self.owner_keys]
        ports += [self.library, self.staging, self.work_queue]
        return UploadIngester(self.operations, *self.wrap_ports(ports, wrap)).ingest_upload(upload, delivery)

    def bridge(self, staged_key: str, wrap: WrapPort = pass_through) -> str:
        bridge = StagedWorkBridge(self.operations, wrap(self.library), wrap(self.work_queue))
        return bridge.enqueue_arrived_work(make_upload(staged_key, "null"))

    def build_paid_calls(self, wrap: WrapPort = pass_through) -> PaidCalls:
        ports = [self.results, self.claims, self.region_selector, self.rekognition]
        results, claims, region_selector, rekognition = map(wrap, ports)
        return PaidCalls(HOME, results, claims, region_selector, rekognition, fakes.FakeSleep(self.now), self.now)

    def analyze(self, work: Work, wrap: WrapPort = pass_through) -> str:
        analyzer = ImageAnalyzer(
            self.operations,
            wrap(self.library),
            self.build_paid_calls(wrap),
            *map(wrap, [self.prepared_images, self.staging, self.result_queue]),
        )
        return analyzer.analyze_image(work, self.now() + ANALYZE_TIMEOUT)

    def route(self, finished: Any, wrap: WrapPort = pass_through) -> str:
        ports = [self.results, self.library, self.staging, self.event_publisher, self.metrics]
        return ResultRouter(*self.wrap_ports(ports, wrap)).route_result(finished)

    def sweep(self, wrap: WrapPort = pass_through) -> SweepReport:
        return self.build_sweeper(STALE_AFTER, wrap).sweep(self.now() + SWEEP_TIMEOUT)

    def build_sweeper(self, stale_after: int, wrap: WrapPort = pass_through) -> StaleRunSweeper:
        """A sweeper with this time (ms) after which a run is stale."""
        ports = [self.library, self.prepared_images, self.staging, self.work_queue, self.result_queue, self.metrics]
        return StaleRunSweeper(self.operations, stale_after, STAGING_TTL, *self.wrap_ports(ports, wrap))

    def ingest_and_get_work(self, upload: Upload, operation: str = "labels") -> Work:
        """Ingest an upload; returns the work message of one operation, with either transfer."""
        self.ingest(upload)
        source = self.library.find_source(upload)
        assert source
        assert source.run_id
        return self.library.runs[source.run_id].make_work(operation)

    def get_run(self, work: Work) -> Run:
        """The run that a message names."""
        return self.library.runs[work.run_id]

    def get_prepared_key(self, work: Work) -> str:
        """The key of the prepared image that a message is about."""
        return self.get_run(work).prepared_keys[work.operation]

    def snapshot(self) -> dict[str, Any]:
        """Everything that a user can see when all work has ended, without times."""
        return {
            "sources": {key: (source.image_id, source.code) for key, source in self.library.sources.items()},
            "results": {key: (result.status, result.response) for key, result in self.library.results.items()},
            "pending": {run.id: run.pending for run in self.library.runs.values()},
            "closed": set(self.library.closed_runs),
            "labels": set(self.library.label_entries),
            "staged": set(self.staging.bodies),
            "events": {(event.run_id, event.operation, result.status) for event, result in self.event_publisher},
        }
