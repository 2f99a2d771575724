"""The engine's processes: which end together, and which are replaced."""

import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from rekbridge.support import paths, venvs

from tests.engine.engine_process import RunningEngine, load_photo, run_engine, wait_until


def list_children(pid: int) -> list[int]:
    """The ids of the child processes of a process, as Linux lists them."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def list_workers(engine: RunningEngine) -> list[int]:
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in list_children(engine.process.pid)}
    return [pid for pid, line in commands.items() if "spawn_main" in line]


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def single_worker_engine() -> Iterator[RunningEngine]:
    """An engine with one worker, for tests that kill it."""
    with run_engine("--workers", "1", "--control") as engine:
        yield engine


def test_worker_that_dies_fails_one_call_and_is_replaced(single_worker_engine: RunningEngine) -> None:
    (victim,) = list_workers(single_worker_engine)
    with ThreadPoolExecutor(1) as caller:
        call = caller.submit(single_worker_engine.create_client().detect_text, Image=load_photo("chapter.jpg"))
        wait_until(lambda: is_running(victim), 20)
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(ClientError, match="InternalServerError"):
            call.result(30)
    wait_until(single_worker_engine.is_healthy, 90)
    assert list_workers(single_worker_engine) != [victim]
    assert single_worker_engine.create_client().detect_faces(Image=load_photo("astronaut.jpg"))["FaceDetails"]


def test_idle_worker_that_dies_is_replaced(single_worker_engine: RunningEngine) -> None:
    wait_until(single_worker_engine.is_healthy, 90)
    (victim,) = list_workers(single_worker_engine)
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: call_succeeds(single_worker_engine), 90)
    assert list_workers(single_worker_engine) != [victim]


def test_call_of_a_disconnected_caller_is_not_analyzed(single_worker_engine: RunningEngine) -> None:
    wait_until(single_worker_engine.is_healthy, 90)
    single_worker_engine.request("/control/calls", "DELETE")
    (worker,) = list_workers(single_worker_engine)
    with ThreadPoolExecutor(1) as caller:
        first = caller.submit(single_worker_engine.create_client().detect_text, Image=load_photo("chapter.jpg"))
        wait_until(lambda: is_running(worker), 20)
        with pytest.raises(ReadTimeoutError):
            single_worker_engine.create_client(read_timeout_s=0.2).detect_text(Image=load_photo("page.png"))
        first.result(60)
    single_worker_engine.create_client().detect_faces(Image=load_photo("astronaut.jpg"))
    assert sorted(call["answer"] for call in single_worker_engine.list_calls()) == ["Abandoned", "ok", "ok"]


def call_succeeds(engine: RunningEngine) -> bool:
    # A call that gets the dead worker before the pool notices its death may fail.
    client = engine.create_client()
    try:
        client.detect_faces(Image=load_photo("astronaut.jpg"))
    except client.exceptions.InternalServerError:
        return False
    return True


@pytest.mark.parametrize(("signal_number", "code"), [(signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)])
def test_no_process_survives_the_engine(signal_number: signal.Signals, code: int) -> None:
    with run_engine("--workers", "2") as engine:
        processes = list_children(engine.process.pid)
        assert len(processes) >= 2
        engine.process.send_signal(signal_number)
        assert engine.process.wait(20) == code
        wait_until(lambda: not any(is_alive(pid) for pid in processes), 10)


def test_engine_fails_if_its_port_is_in_use(single_worker_engine: RunningEngine) -> None:
    port = single_worker_engine.url.rpartition(":")[2]
    command = [str(venvs.ENGINE.ensure()), "-m", "rekbridge_engine", "--port", port, "--workers", "1"]
    second = subprocess.run(command, cwd=paths.ENGINE_FOLDER, timeout=90, capture_output=True, check=False)
    assert second.returncode != 0
    assert b"address already in use" in second.stderr


def is_running(pid: int) -> bool:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return fields[0] == "R"
