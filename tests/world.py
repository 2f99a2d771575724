"""The five stations joined by fakes."""

from dataclasses import dataclass, field
from typing import Any

from rekbridge_lambda.domain.messages import Work
from rekbridge_lambda.domain.operations import Planned
from rekbridge_lambda.domain.uploads import Upload
from rekbridge_lambda.use_cases.analyze import Analyze
from rekbridge_lambda.use_cases.bridge import Bridge
from rekbridge_lambda.use_cases.ingest import Ingest
from rekbridge_lambda.use_cases.paid_call import Ask
from rekbridge_lambda.use_cases.route import Route
from rekbridge_lambda.use_cases.sweep import Sweep

from tests import fakes
from tests.builders import HOME, MINUTE, PLAN, png, upload
from tests.interrupted import Wrap, unharmed

PATIENCE, LONGEST_STAY = 15 * MINUTE, 24 * 60 * MINUTE
# ANALYZE's timeout.
DEADLINE = MINUTE // 2


@dataclass
class World:
    """Every fake once; the stations are made from them, their ports wrapped as asked."""

    plan: dict[str, Planned] = field(default_factory=lambda: dict(PLAN))
    now: fakes.FakeClock = field(default_factory=fakes.FakeClock)
    media: fakes.FakeMedia = field(default_factory=fakes.FakeMedia)
    preparation: fakes.FakePreparation = field(default_factory=fakes.FakePreparation)
    shelf: fakes.FakeShelf = field(default_factory=fakes.FakeShelf)
    library: fakes.FakeLibrary = field(default_factory=fakes.FakeLibrary)
    results: fakes.FakeResults = field(default_factory=fakes.FakeResults)
    ledger: fakes.FakeLedger = field(default_factory=fakes.FakeLedger)
    placement: fakes.FakePlacement = field(default_factory=fakes.FakePlacement)
    work: fakes.FakeWorkQueues = field(default_factory=fakes.FakeWorkQueues)
    answers: fakes.FakeAnswers = field(default_factory=fakes.FakeAnswers)
    told: fakes.FakeAnnouncements = field(default_factory=fakes.FakeAnnouncements)

    def __post_init__(self) -> None:
        self.staging = fakes.FakeStaging(self.now)
        self.vision = fakes.FakeVision(self.staging)

    def holding(self, content: str = "cat", key: str = "anna/cat.png", version: str = "v1") -> Upload:
        """Put a picture into the media bucket; what S3 tells of it."""
        self.media[key, version] = png(content)
        return upload(key, version)

    def given(self, ports: list[Any], wrap: Wrap) -> list[Any]:
        return [*map(wrap, ports), self.now]

    def ingest(self, upload: Upload, wrap: Wrap = unharmed, delivery: int = 1) -> str:
        ports = [self.media, self.preparation, self.shelf, self.library, self.staging, self.work]
        return Ingest(self.plan, *self.given(ports, wrap))(upload, delivery)

    def bridge(self, staged: str, wrap: Wrap = unharmed) -> str:
        return Bridge(self.plan, wrap(self.library), wrap(self.work))(upload(staged, "null"))

    def ask(self, wrap: Wrap = unharmed) -> Ask:
        ports = [self.results, self.ledger, self.placement, self.vision]
        results, ledger, placement, vision = map(wrap, ports)
        return Ask(HOME, results, ledger, placement, vision, fakes.FakePause(self.now), self.now)

    def analyze(self, work: Work, wrap: Wrap = unharmed) -> str:
        station = Analyze(self.plan, self.ask(wrap), *map(wrap, [self.shelf, self.staging, self.answers]))
        return station(work, self.now() + DEADLINE)

    def route(self, answered: Any, wrap: Wrap = unharmed) -> str:
        ports = [self.results, self.library, self.staging, self.told]
        return Route(*self.given(ports, wrap))(answered)

    def sweep(self, wrap: Wrap = unharmed) -> Any:
        ports = [self.library, self.shelf, self.staging, self.work, self.answers]
        return Sweep(self.plan, PATIENCE, LONGEST_STAY, *self.given(ports, wrap))()

    def work_of(self, upload: Upload, operation: str = "labels") -> Work:
        """Take an upload in; the work message of one operation, whatever way it goes."""
        self.ingest(upload)
        source = self.library.source(upload)
        assert source
        assert source.run
        return self.library.all_runs[source.run].work(operation)

    def seen(self) -> dict[str, Any]:
        """What a user can see in the end, times apart."""
        return {
            "sources": {key: (source.image, source.code) for key, source in self.library.sources.items()},
            "results": {key: (result.status, result.answer) for key, result in self.library.results.items()},
            "pending": {run.id: run.pending for run in self.library.all_runs.values()},
            "closed": set(self.library.closed),
            "labels": set(self.library.labelled),
            "staged": set(self.staging.bodies),
            "told": {(one.run, one.operation, result.status) for one, result in self.told},
        }
