"""What became of uploads: source -> image -> run and results, in two rounds of reads however many there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rekbridge_lambda.adapters.dynamodb.readers import LibraryReader, OperationResult
from rekbridge_lambda.adapters.s3.media import MediaBucket
from rekbridge_lambda.domain.ids import ImageId
from rekbridge_lambda.domain.runs import Run, Source
from rekbridge_lambda.domain.uploads import UNVERSIONED, Upload

from rekbridge.read_models.deployment import Deployment

__all__ = ["ObjectVersion", "OperationResult", "UploadReader", "UploadStatus"]

type ResultsByImage = Mapping[tuple[ImageId, str], OperationResult]


class ObjectVersion(NamedTuple):
    """One upload: a key of the media bucket, and one of its versions; `etag` where S3 overwrites the version."""

    key: str
    version: str
    etag: str = ""

    def to_upload(self) -> Upload:
        """The upload with this key and version; its other fields are unknown."""
        return Upload(self.key, self.version, size=0, sequencer="", uploaded_at=0, etag=self.etag)


@dataclass(frozen=True, slots=True)
class UploadStatus:
    """What the library knows of one upload; every field is empty while INGEST has not seen it.

    `uploaded_at` is the time of this upload in milliseconds; the run and its results may be older.
    """

    version: ObjectVersion
    image_id: ImageId | None = None
    code: str | None = None
    reason: str | None = None
    uploaded_at: int = 0
    run: Run | None = None
    results: Mapping[str, OperationResult] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will happen: the upload was refused, or every operation has ended."""
        if self.image_id is None:
            return self.code is not None
        return self.run is not None and not self.run.pending


def find_version(deployed: Deployment, key: str, version: str | None = None) -> ObjectVersion:
    """The given version of a key of the media bucket, or its current version. Raises Gone where there is none."""
    upload = MediaBucket(deployed.client("s3", deployed.home), deployed.get_bucket("media")).find_upload(key, version)
    return ObjectVersion(upload.key, upload.version, upload.etag if upload.version == UNVERSIONED else "")


class UploadReader:
    """Reads the library of a deployment."""

    def __init__(self, deployed: Deployment) -> None:
        self.reader = LibraryReader(deployed.client("dynamodb", deployed.home), deployed.get_table("library"))
        self.operations = sorted(deployed.operations)

    def find_statuses(self, versions: Iterable[ObjectVersion]) -> list[UploadStatus]:
        """What became of each upload, in the given order."""
        listed = list(versions)
        sources = self.reader.find_sources(version.to_upload() for version in listed)
        images = {source.image_id for source in sources if source and source.image_id}
        run_ids = {source.run_id for source in sources if source and source.run_id}
        runs, results = self.reader.find_runs_and_results(
            run_ids, ((image_id, operation) for image_id in images for operation in self.operations)
        )
        return [
            self._build_status(version, source, runs.get(source.run_id) if source and source.run_id else None, results)
            for version, source in zip(listed, sources, strict=True)
        ]

    def _build_status(
        self, version: ObjectVersion, source: Source | None, run: Run | None, results: ResultsByImage
    ) -> UploadStatus:
        if source is None:
            return UploadStatus(version)
        image_id = source.image_id
        found = {name: results.get((image_id, name)) for name in self.operations} if image_id else {}
        return UploadStatus(
            version,
            image_id,
            source.code,
            source.reason,
            source.upload.uploaded_at,
            run,
            {name: result for name, result in found.items() if result},
        )
