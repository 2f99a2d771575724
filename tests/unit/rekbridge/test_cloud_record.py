"""A cloud.json of another version of Rekbridge: refused with a clear message while its cloud runs, ignored after it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rekbridge.emulator import CloudRecord, LocalCloud, LocalCloudSettings
from rekbridge.emulator.record import delete_record
from rekbridge.support.errors import OperatorError

SETTINGS = LocalCloudSettings(Path(), 1, 2).to_dict()
RECORD = CloudRecord("http://127.0.0.1:1", "http://127.0.0.1:2", "", {}, supervisor=1, settings=SETTINGS)
# Holds a cloud's lock as a supervisor does, until SIGTERM.
SUPERVISOR = """
import signal, sys
from pathlib import Path
from rekbridge.support import locks
with locks.hold(Path(sys.argv[1])):
    print("locked", flush=True)
    signal.pause()
"""


def write_changed_record(folder: Path, **changes: object) -> Path:
    """Write a record with changed keys, as another version would; None removes a key. Returns the run folder."""
    RECORD.write(folder)
    content = json.loads((folder / "cloud.json").read_text()) | changes
    (folder / "cloud.json").write_text(
        json.dumps({name: value for name, value in content.items() if value is not None})
    )
    return folder


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A running supervisor of another version."""
    command = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        write_changed_record(tmp_path, settings=None, supervisor=process.pid)
        yield process
        process.kill()


@pytest.mark.parametrize(
    "changes",
    [{"settings": None}, {"colour": "red"}, {"settings": {}}, {"settings": RECORD.settings | {"colour": "red"}}],
)
def test_another_versions_record_is_refused_with_what_to_do(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(OperatorError, match="another version") as refusal:
        CloudRecord.read(write_changed_record(tmp_path, **changes))
    assert "rekbridge cloud down" in refusal.value.next_step


def test_a_record_can_be_written_and_read(tmp_path: Path) -> None:
    assert CloudRecord.read(write_changed_record(tmp_path)) == RECORD


def test_a_stopped_cloud_of_another_version_is_down(tmp_path: Path) -> None:
    assert LocalCloud(write_changed_record(tmp_path, settings=None)).state == "down"


def test_the_record_of_a_stopped_cloud_of_another_version_can_be_deleted(tmp_path: Path) -> None:
    delete_record(write_changed_record(tmp_path, settings=None))
    assert CloudRecord.read(tmp_path) is None


def test_a_running_cloud_of_another_version_can_be_stopped(tmp_path: Path, supervisor: subprocess.Popen[str]) -> None:
    cloud = LocalCloud(tmp_path)
    cloud.stop()
    assert (supervisor.wait(5), cloud.state) == (-15, "down")


@pytest.mark.usefixtures("supervisor")
def test_a_running_cloud_of_another_version_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="another version"):
        _ = LocalCloud(tmp_path).state
