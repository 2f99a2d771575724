"""The engine as processes: what dies, what ends with it, what comes back."""

import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from rekbridge.support import paths, venvs

from tests.engine.running import Engine, photo, running, until


def children(pid: int) -> list[int]:
    """The processes a process started, straight from the kernel."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def workers(engine: Engine) -> list[int]:
    command = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in children(engine.process.pid)}
    return [pid for pid, line in command.items() if "spawn_main" in line]


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def mortal() -> Iterator[Engine]:
    """An engine with one worker, to be killed."""
    with running("--workers", "1", "--control") as engine:
        yield engine


def test_a_worker_that_dies_fails_one_call_and_is_replaced(mortal: Engine) -> None:
    (victim,) = workers(mortal)
    with ThreadPoolExecutor(1) as caller:
        call = caller.submit(mortal.client().detect_text, Image=photo("chapter.jpg"))
        until(lambda: busy(victim), 20)
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(ClientError, match="InternalServerError"):
            call.result(30)
    until(mortal.healthy, 90)
    assert workers(mortal) != [victim]
    assert mortal.client().detect_faces(Image=photo("astronaut.jpg"))["FaceDetails"]


def test_a_worker_that_dies_idle_is_replaced(mortal: Engine) -> None:
    until(mortal.healthy, 90)
    (victim,) = workers(mortal)
    os.kill(victim, signal.SIGKILL)
    until(lambda: answers(mortal), 90)
    assert workers(mortal) != [victim]


def test_a_call_whose_caller_has_hung_up_takes_no_workers_time(mortal: Engine) -> None:
    until(mortal.healthy, 90)
    mortal.http("/control/calls", "DELETE")
    (only,) = workers(mortal)
    with ThreadPoolExecutor(1) as caller:
        first = caller.submit(mortal.client().detect_text, Image=photo("chapter.jpg"))
        until(lambda: busy(only), 20)
        with pytest.raises(ReadTimeoutError):
            mortal.client(patience_s=0.2).detect_text(Image=photo("page.png"))
        first.result(60)
    mortal.client().detect_faces(Image=photo("astronaut.jpg"))
    assert sorted(call["answer"] for call in mortal.calls()) == ["Abandoned", "ok", "ok"]


def answers(engine: Engine) -> bool:
    # The call that meets the dead worker before the pool does may fail like the one that killed it.
    client = engine.client()
    try:
        client.detect_faces(Image=photo("astronaut.jpg"))
    except client.exceptions.InternalServerError:
        return False
    return True


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)])
def test_nothing_is_left_when_the_engine_ends(how: signal.Signals, code: int) -> None:
    with running("--workers", "2") as engine:
        family = children(engine.process.pid)
        assert len(family) >= 2
        engine.process.send_signal(how)
        assert engine.process.wait(20) == code
        until(lambda: not any(alive(pid) for pid in family), 10)


def test_a_port_that_is_taken_ends_the_engine_with_an_error(mortal: Engine) -> None:
    port = mortal.url.rpartition(":")[2]
    command = [str(venvs.ENGINE.ensure()), "-m", "engine", "--port", port, "--workers", "1"]
    second = subprocess.run(command, cwd=paths.ROOT, timeout=90, capture_output=True, check=False)
    assert second.returncode != 0
    assert b"address already in use" in second.stderr


def busy(pid: int) -> bool:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return fields[0] == "R"
