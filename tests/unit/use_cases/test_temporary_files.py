"""Originals are in files without a name: nothing stays after a crash, and a full disk means later."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.uploads import Upload
from rekbridge_lambda.use_cases import temporary_files
from rekbridge_lambda.use_cases.temporary_files import open_temporary_file

from tests.api_caller import ApiCaller
from tests.builders import make_png, make_upload
from tests.fakes import FakeMediaStore
from tests.pipeline_harness import PipelineHarness

ROOT = Path(__file__).parents[3]
NO_SPACE = "there is no disk space left for the original file in the temporary folder"
KILLED_WORKER = """
import os, signal
from dataclasses import dataclass
from tests.builders import make_upload
from tests.fakes import FakeImagePreparer
from tests.pipeline_harness import PipelineHarness

@dataclass
class KilledPreparer(FakeImagePreparer):
    def prepare(self, file, header, limits):
        assert len(super().prepare(file, header, limits).body) > 100_000
        os.kill(os.getpid(), signal.SIGKILL)

harness = PipelineHarness()
harness.preparer = KilledPreparer()
harness.media["anna/cat.png", "v1"] = bytes.fromhex(os.environ["HEADER"]) + bytes(200_000)
harness.ingest(make_upload(size=len(harness.media["anna/cat.png", "v1"])))
"""


def test_a_worker_that_is_killed_while_it_prepares_an_image_leaves_no_file(tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path), "HEADER": make_png().hex()}
    process = subprocess.run([sys.executable, "-c", KILLED_WORKER], cwd=ROOT, env=environment, check=False)
    assert process.returncode == -signal.SIGKILL
    assert list(tmp_path.iterdir()) == []


def test_an_original_has_no_name_while_it_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with open_temporary_file() as file:
        file.write(b"an original")
        file.flush()
        assert list(tmp_path.iterdir()) == []


def open_full_disk() -> BinaryIO:
    """A file on which every write fails as on a full disk (full(4))."""
    return Path("/dev/full").open("w+b", buffering=4096)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(temporary_files, "TemporaryFile", open_full_disk)


@pytest.mark.parametrize("size", [100, 100_000], ids=["at the end", "in the middle"])
def test_an_upload_waits_while_the_disk_is_full(size: int, full_disk: None) -> None:
    harness = PipelineHarness()
    harness.media["anna/cat.png", "v1"] = make_png() + bytes(size)
    with pytest.raises(Unavailable, match=NO_SPACE):
        harness.ingest(make_upload(size=len(harness.media["anna/cat.png", "v1"])), delivery=2)
    assert harness.library.add_ingest_attempts(make_upload(), 0) == 0
    assert harness.library.sources == {}


def test_a_caller_is_asked_to_come_again_while_the_disk_is_full(full_disk: None) -> None:
    reply = ApiCaller().analyze("labels", make_png())
    assert (reply.status, reply.json["code"], reply.json["message"]) == (503, "unavailable", NO_SPACE)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"),
    ],
)
def test_a_disk_that_is_full_from_the_start_means_later(error: OSError, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> BinaryIO:
        raise error

    monkeypatch.setattr(temporary_files, "TemporaryFile", fail)
    with pytest.raises(Unavailable, match=NO_SPACE), open_temporary_file():
        pass


class UnreadableMedia(FakeMediaStore):
    """Fails with an error of the operating system that has nothing to do with space."""

    def download(self, upload: Upload, into: BinaryIO) -> str:
        raise OSError(errno.EIO, "Input/output error")


def test_another_error_of_the_operating_system_stays_a_bug() -> None:
    harness = PipelineHarness()
    harness.media = UnreadableMedia(harness.media)
    upload = harness.store_original()
    with pytest.raises(OSError, match="Input/output error"):
        harness.ingest(upload)
