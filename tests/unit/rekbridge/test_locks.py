import subprocess
import sys
from pathlib import Path

from rekbridge.support import locks

HOLD = """
import sys
from pathlib import Path
from rekbridge.support import locks
with locks.held(Path(sys.argv[1])):
    print(flush=True)
    input()
"""


def holder(lock: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(lock)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_a_lock_that_nobody_took_is_free(tmp_path: Path) -> None:
    assert locks.is_free(tmp_path / "lock")


def test_a_held_lock_is_not_free(tmp_path: Path) -> None:
    with locks.held(tmp_path / "lock"):
        assert not locks.is_free(tmp_path / "lock")


def test_a_killed_holder_gives_its_lock_back(tmp_path: Path) -> None:
    with holder(tmp_path / "lock") as process:
        process.kill()
        assert locks.wait_free(tmp_path / "lock", patience_s=5)


def test_waiting_for_a_lock_ends_with_ones_patience(tmp_path: Path) -> None:
    with holder(tmp_path / "lock") as process:
        assert not locks.wait_free(tmp_path / "lock", patience_s=0.1)
        process.kill()
