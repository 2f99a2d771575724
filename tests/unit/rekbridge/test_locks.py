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


HOLD_UNTIL_EXIT = """
import sys
from pathlib import Path
from rekbridge.support import locks
for _ in range(2):
    locks.hold_until_exit(Path(sys.argv[1]), lambda holder: print("waiting for", holder, flush=True))
print("holding", flush=True)
input()
"""


def start_turn(lock: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD_UNTIL_EXIT, str(lock)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_lock_is_held_until_its_process_ends_and_the_next_one_says_for_whom_it_waits(tmp_path: Path) -> None:
    with start_turn(tmp_path / "lock") as first, start_turn(tmp_path / "none") as other:
        assert [read_line(first), read_line(other)] == ["holding", "holding"]
        with start_turn(tmp_path / "lock") as second:
            assert read_line(second) == f"waiting for process {first.pid}"
            first.kill()
            assert read_line(second) == "holding"
            second.kill()
        other.kill()
