"""Uploads the samples one by one. Waits for each until it is settled and its staged copies are deleted."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rekbridge_lambda.domain.ids import ResultKey

from rekbridge.demo.samples import SampleFile
from rekbridge.read_models import claims, staging
from rekbridge.read_models.deployment import Deployment
from rekbridge.read_models.uploads import ObjectVersion, UploadReader, UploadStatus

# An image takes about a second; a very busy machine can take far longer.
TIMEOUT_S = 120.0
POLL_INTERVAL_S = 0.05


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """The status of one uploaded sample, and its staged copies that are still in the remote region."""

    sample: SampleFile
    status: UploadStatus
    staged_copies: frozenset[str]
    timed_out: bool = False

    @property
    def is_as_expected(self) -> bool:
        """Whether every operation has a result, or the file was refused with the expected code."""
        if self.timed_out or self.sample.expected_code or self.status.code:
            return not self.timed_out and self.status.code == self.sample.expected_code
        return bool(self.status.results) and not any(result.code for result in self.status.results.values())


def write_samples(samples: Iterable[SampleFile], folder: Path) -> dict[SampleFile, Path]:
    """Write the samples as files, so that the user can look at them, or upload them by hand."""
    files = {sample: folder / sample.key for sample in samples}
    for sample, file in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(sample.make())
    return files


def list_result_keys(outcomes: Iterable[UploadOutcome], operations: Iterable[str]) -> list[ResultKey]:
    """List the key of every possible result of these uploads. Before an upload, nobody but INGEST can know it."""
    images = {outcome.status.image_id for outcome in outcomes if outcome.status.image_id}
    names = list(operations)
    return [claims.make_default_result_key(image_id, name) for image_id in sorted(images) for name in names]


def upload_file(deployed: Deployment, sample: SampleFile, file: Path) -> ObjectVersion:
    """Put a sample into the media bucket. An existing key gets a new version."""
    s3, bucket = deployed.client("s3", deployed.home), deployed.get_bucket("media")
    with file.open("rb") as body:
        return ObjectVersion(sample.key, s3.put_object(Bucket=bucket, Key=sample.key, Body=body)["VersionId"])


def upload_samples(
    deployed: Deployment, files: dict[SampleFile, Path], show_progress: Callable[[str, int, int], None]
) -> Iterator[UploadOutcome]:
    """Upload each sample and wait for its outcome. Stops after the first timeout: the next ones would time out too."""
    library = UploadReader(deployed)
    for number, (sample, file) in enumerate(files.items()):
        show_progress(sample.key, number, len(files))
        outcome = wait_for_outcome(deployed, library, sample, upload_file(deployed, sample, file))
        yield outcome
        if outcome.timed_out:
            return


def wait_for_outcome(
    deployed: Deployment, library: UploadReader, sample: SampleFile, version: ObjectVersion
) -> UploadOutcome:
    """Wait until the image is settled and its staged copies are deleted, or the timeout is over."""
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        [status] = library.find_statuses([version])
        copies = frozenset(staging.list_staged_copies(deployed, status)) if status.is_settled else frozenset()
        if status.is_settled and not copies:
            return UploadOutcome(sample, status, copies)
        if time.monotonic() > deadline:
            copies = frozenset(staging.list_staged_copies(deployed, status))
            return UploadOutcome(sample, status, copies, timed_out=True)
        time.sleep(POLL_INTERVAL_S)
