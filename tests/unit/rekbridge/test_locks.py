import subprocess
import sys
from pathlib import Path

from rekbridge.support import locks

HOLD = """
import sys
from pathlib import Path
from rekbridge.support import locks
with locks.hold(Path(sys.argv[1])):
    print(flush=True)
    input()
"""


def start_holder(lock: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(lock)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_a_lock_that_was_never_held_is_free(tmp_path: Path) -> None:
    assert locks.is_free(tmp_path / "lock")


def test_a_held_lock_is_not_free(tmp_path: Path) -> None:
    with locks.hold(tmp_path / "lock"):
        assert not locks.is_free(tmp_path / "lock")


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with start_holder(tmp_path / "lock") as process:
        process.kill()
        assert locks.wait_until_free(tmp_path / "lock", timeout_s=5)


def test_waiting_for_a_lock_ends_with_the_timeout(tmp_path: Path) -> None:
    with start_holder(tmp_path / "lock") as process:
        assert not locks.wait_until_free(tmp_path / "lock", timeout_s=0.1)
        process.kill()
