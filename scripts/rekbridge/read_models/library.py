"""What became of uploads: source -> image -> run and results, in two reads however many there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from rekbridge_lambda.adapters.dynamodb import library_rows
from rekbridge_lambda.domain.runs import Run
from rekbridge_lambda.domain.uploads import Upload

from rekbridge.read_models import table
from rekbridge.read_models.deployed import Deployed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Version(NamedTuple):
    """One upload: a key of the media bucket, and which of its versions."""

    key: str
    version: str

    @property
    def row(self) -> dict[str, str]:
        """Its source row's key."""
        return library_rows.source_key(Upload(self.key, self.version, size=0, sequencer="", uploaded_at=0))


@dataclass(frozen=True, slots=True)
class Found:
    """One operation's result; `result` is its raw answer's key in the results bucket. Times in milliseconds."""

    operation: str
    answer_status: str
    way: str
    region: str
    uploaded_at: int
    asked_at: int
    answered_at: int
    routed_at: int
    seen: list[str] = field(default_factory=list)
    result: str | None = None
    code: str | None = None
    reason: str | None = None

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Found":
        """The result in a row of the library."""
        known = {one.name: row[one.name] for one in fields(cls) if one.name in row}
        times = {name: int(value) for name, value in known.items() if name.endswith("_at")}
        return cls(**known | times)


@dataclass(frozen=True, slots=True)
class Story:
    """All that the library knows of one upload; nothing yet, when INGEST has not seen it."""

    version: Version
    image: str | None = None
    code: str | None = None
    reason: str | None = None
    # When S3 told of this upload; the run and its results may be older.
    uploaded_at: int = 0
    run: Run | None = None
    results: Mapping[str, Found] = field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen: refused, or every operation has its result."""
        if self.image is None:
            return self.code is not None
        return self.run is not None and not self.run.pending


class Library:
    """The library table of a deployment, read only."""

    def __init__(self, deployed: Deployed) -> None:
        self.dynamodb: DynamoDBClient = deployed.client("dynamodb", deployed.home)
        self.table, self.operations = deployed.table("library"), sorted(deployed.operations)

    def stories(self, versions: Iterable[Version]) -> list[Story]:
        """What became of each, in the order given."""
        told = list(versions)
        sources = self._rows(version.row for version in told)
        images = {source["image"] for source in sources.values() if source.get("image")}
        runs = {source["run"] for source in sources.values() if source.get("run")}
        keys = [library_rows.result_key(image, operation) for image in images for operation in self.operations]
        known = self._rows([*keys, *map(library_rows.run_key, runs)])
        return [self._story(version, sources.get(_id(version.row), {}), known) for version in told]

    def _story(self, version: Version, source: Mapping[str, Any], known: "Known") -> Story:
        image, run = source.get("image"), known.get(_id(library_rows.run_key(source.get("run", ""))))
        found = (
            {name: known.get(_id(library_rows.result_key(image, name))) for name in self.operations} if image else {}
        )
        return Story(
            version,
            image,
            source.get("code"),
            source.get("reason"),
            int(source.get("uploaded_at", 0)),
            library_rows.read_run(run) if run else None,
            {name: Found.read(row) for name, row in found.items() if row},
        )

    def _rows(self, keys: Iterable[dict[str, str]]) -> "Known":
        return {_id(row): row for row in table.rows(self.dynamodb, self.table, keys)}


type Known = dict[tuple[str, str], dict[str, Any]]


def _id(row: Mapping[str, str]) -> tuple[str, str]:
    return row["pk"], row["sk"]
