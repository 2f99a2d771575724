"""cloud.json of another version of Rekbridge: told in plain words while its cloud runs, and never in the way."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rekbridge.emulator import LocalCloud, Plan, Record
from rekbridge.emulator.record import forget
from rekbridge.support.errors import OperatorError

RECORD = Record("http://127.0.0.1:1", "http://127.0.0.1:2", "", {}, supervisor=1, plan=Plan(Path(), 1, 2).told())
# Holds a cloud's lock as a supervisor does, and ends when it is asked to.
SUPERVISOR = """
import signal, sys
from pathlib import Path
from rekbridge.support import locks
with locks.held(Path(sys.argv[1])):
    print("held", flush=True)
    signal.pause()
"""


def written(folder: Path, **changed: object) -> Path:
    """A run folder with a record in which something is another version's."""
    RECORD.write(folder)
    told = json.loads((folder / "cloud.json").read_text()) | changed
    known = {name: value for name, value in told.items() if value is not None}
    (folder / "cloud.json").write_text(json.dumps(known))
    return folder


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """One of another version, alive."""
    command = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        written(tmp_path, plan=None, supervisor=process.pid)
        yield process
        process.kill()


@pytest.mark.parametrize(
    "changed", [{"plan": None}, {"colour": "red"}, {"plan": {}}, {"plan": RECORD.plan | {"colour": "red"}}]
)
def test_another_versions_record_is_told_with_what_to_do(tmp_path: Path, changed: dict[str, object]) -> None:
    with pytest.raises(OperatorError, match="another version") as told:
        Record.read(written(tmp_path, **changed))
    assert "rekbridge cloud down" in told.value.next_step


def test_our_own_record_comes_back(tmp_path: Path) -> None:
    assert Record.read(written(tmp_path)) == RECORD


def test_a_dead_cloud_of_another_version_is_down(tmp_path: Path) -> None:
    assert LocalCloud(written(tmp_path, plan=None)).state == "down"


def test_what_a_dead_one_wrote_can_be_forgotten(tmp_path: Path) -> None:
    forget(written(tmp_path, plan=None))
    assert Record.read(tmp_path) is None


def test_a_running_cloud_of_another_version_can_be_ended(tmp_path: Path, supervisor: subprocess.Popen[str]) -> None:
    cloud = LocalCloud(tmp_path)
    cloud.stop()
    assert (supervisor.wait(5), cloud.state) == (-15, "down")


@pytest.mark.usefixtures("supervisor")
def test_a_running_cloud_of_another_version_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="another version"):
        _ = LocalCloud(tmp_path).state
