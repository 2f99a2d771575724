"""Uploads, one after the other, each watched until nothing more will happen to it."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rekbridge.demo.samples import Sample
from rekbridge.read_models import ledger, staging
from rekbridge.read_models.deployed import Deployed
from rekbridge.read_models.library import Library, Story, Version

# An image needs a second or so; a machine that is very busy gets this long.
PATIENCE_S = 120.0
LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one sample; `left` are its staged copies still in the remote region, `late`: patience ended."""

    sample: Sample
    story: Story
    left: frozenset[str]
    late: bool = False

    @property
    def as_meant(self) -> bool:
        """Whether it has all its answers, or was refused for the reason that was to be expected."""
        if self.late or self.sample.refused or self.story.code:
            return not self.late and self.story.code == self.sample.refused
        return bool(self.story.results) and not any(found.code for found in self.story.results.values())


def written(samples: Iterable[Sample], into: Path) -> dict[Sample, Path]:
    """The samples as files, for whoever wants to look at them or to upload them by hand."""
    files = {sample: into / sample.key for sample in samples}
    for sample, file in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(sample.make())
    return files


def questions(files: dict[Sample, Path], operations: Iterable[str]) -> list[str]:
    """The ledger's keys of all that may be asked about the samples: known beforehand, they tell what was paid for."""
    contents = {sample.key: hashlib.sha256(file.read_bytes()).hexdigest() for sample, file in files.items()}
    names = list(operations)
    return [ledger.question(key, content, name) for key, content in contents.items() for name in names]


def upload(deployed: Deployed, sample: Sample, file: Path) -> Version:
    """Put one sample into the media bucket: a new version, whatever was there."""
    s3, bucket = deployed.client("s3", deployed.home), deployed.bucket("media")
    with file.open("rb") as body:
        return Version(sample.key, s3.put_object(Bucket=bucket, Key=sample.key, Body=body)["VersionId"])


def told(deployed: Deployed, files: dict[Sample, Path], say: Callable[[str, int, int], None]) -> Iterator[Told]:
    """Upload and watch each; ends with the first that is late, for the next ones would fare no better."""
    library = Library(deployed)
    for number, (sample, file) in enumerate(files.items()):
        say(sample.key, number, len(files))
        found = watched(deployed, library, sample, upload(deployed, sample, file))
        yield found
        if found.late:
            return


def watched(deployed: Deployed, library: Library, sample: Sample, version: Version) -> Told:
    """Look until the image is settled and its staged copies are gone, or patience ends."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        [story] = library.stories([version])
        left = frozenset(staging.left(deployed, story)) if story.settled else frozenset()
        if story.settled and not left:
            return Told(sample, story, left)
        if time.monotonic() > deadline:
            return Told(sample, story, frozenset(staging.left(deployed, story)), late=True)
        time.sleep(LOOK_EVERY_S)
