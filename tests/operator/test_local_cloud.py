"""Real local clouds: started, ended, killed."""

import io
import os
import select
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from rekbridge.emulator import LocalCloud, Plan, ports, process_group_reaper
from rekbridge.support import paths

type Rekbridge = Callable[..., subprocess.CompletedProcess[str]]

HOME, REMOTE = "eu-west-3", "eu-west-1"
SLEEPER = "import time\ndef handler(event, context):\n    time.sleep(300)\n"
OWNER = """
import sys, time
from pathlib import Path
from rekbridge.emulator import LocalCloud
with LocalCloud.private(Path(sys.argv[1])):
    print("ready", flush=True)
    time.sleep(300)
"""


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[LocalCloud]:
    with LocalCloud.private(tmp_path / "cloud") as started:
        yield started


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Rekbridge]:
    """The `rekbridge` command with a home of its own, which borrows the environments that there are."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "venvs").symlink_to(paths.home() / "venvs")
    told = os.environ | {"REKBRIDGE_HOME": str(home), "COLUMNS": "200"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        rekbridge = [str(Path(sys.executable).with_name("rekbridge")), *arguments]
        return subprocess.run(rekbridge, env=told, capture_output=True, text=True, check=False, timeout=120)

    yield run
    LocalCloud(home / "cloud").stop()


def family(cloud: LocalCloud) -> list[int]:
    """Descriptors of every process of a cloud's: supervisor, guard, servers and what those have started."""
    record = cloud.record
    group = record.pids["guard"]
    return [os.pidfd_open(pid) for pid in (record.supervisor, group, *process_group_reaper.others(group))]


def still_alive(processes: list[int], patience_s: float = 20) -> int:
    """How many of the processes are alive after that time, or as soon as all have ended."""
    deadline = time.monotonic() + patience_s
    ended: set[int] = set()
    while len(ended) < len(processes) and (left := deadline - time.monotonic()) > 0:
        ended |= set(select.select([one for one in processes if one not in ended], [], [], left)[0])
    for process in processes:
        os.close(process)
    return len(processes) - len(ended)


def keep_busy(cloud: LocalCloud) -> None:
    """Let a function sleep for minutes: its worker would outlive a killed emulator."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("sleeper.py", SLEEPER)
    functions = cloud.client("lambda", HOME)
    functions.create_function(
        FunctionName="sleeper",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/sleeper",
        Handler="sleeper.handler",
        Code={"ZipFile": code.getvalue()},
        Timeout=300,
    )
    before = len(process_group_reaper.others(cloud.record.pids["guard"]))
    functions.invoke(FunctionName="sleeper", InvocationType="Event", Payload=b"{}")
    deadline = time.monotonic() + 20
    while len(process_group_reaper.others(cloud.record.pids["guard"])) == before:
        assert time.monotonic() < deadline, "the function was never started"
        time.sleep(0.1)


def make_bucket(cloud: LocalCloud, name: str) -> None:
    cloud.client("s3", HOME).create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME})


def buckets(cloud: LocalCloud) -> list[str]:
    return [bucket["Name"] for bucket in cloud.client("s3", HOME).list_buckets()["Buckets"]]


def test_the_local_rekognition_knows_the_called_region(cloud: LocalCloud) -> None:
    photo = (paths.ROOT / "tests" / "photos" / "coffee.jpg").read_bytes()
    assert "TextDetections" in cloud.client("rekognition", REMOTE).detect_text(Image={"Bytes": photo})


def test_two_clouds_run_at_once_and_share_nothing(tmp_path: Path) -> None:
    with ExitStack() as both:
        one, two = (both.enter_context(LocalCloud.private(tmp_path / name)) for name in ("one", "two"))
        make_bucket(one, "only-in-one")
        assert (buckets(one), buckets(two)) == (["only-in-one"], [])


def test_stopping_leaves_no_process_not_even_a_busy_function(cloud: LocalCloud) -> None:
    keep_busy(cloud)
    everybody = family(cloud)
    cloud.stop()
    assert still_alive(everybody, patience_s=1) == 0
    assert cloud.state == "down"


def test_a_killed_supervisor_leaves_no_process_not_even_a_busy_function(cloud: LocalCloud) -> None:
    keep_busy(cloud)
    everybody = family(cloud)
    os.kill(cloud.record.supervisor, signal.SIGKILL)
    assert still_alive(everybody) == 0


def test_a_killed_owner_leaves_no_process(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "ready\n"
        everybody = family(LocalCloud(tmp_path))
        owner.kill()
        assert still_alive(everybody) == 0


def test_what_is_stored_is_there_again_after_an_orderly_end(cloud: LocalCloud) -> None:
    make_bucket(cloud, "kept")
    plan = Plan(cloud.folder, cloud.record.ports["emulator"], cloud.record.ports["engine"])
    cloud.stop()
    cloud.start(plan)
    assert buckets(cloud) == ["kept"]


def test_after_a_kill_both_states_start_from_nothing(cloud: LocalCloud) -> None:
    make_bucket(cloud, "lost")
    cloud.terraform_folder.mkdir()
    (cloud.terraform_folder / "terraform.tfstate").write_text("{}")
    plan = Plan(cloud.folder, cloud.record.ports["emulator"], cloud.record.ports["engine"])
    supervisor = os.pidfd_open(cloud.record.supervisor)
    os.kill(cloud.record.supervisor, signal.SIGKILL)
    assert still_alive([supervisor]) == 0
    assert cloud.start(plan).lost
    assert buckets(cloud) == []
    assert not (cloud.terraform_folder / "terraform.tfstate").exists()


def test_up_status_and_down_as_a_person_runs_them(command: Rekbridge) -> None:
    emulator, engine = map(str, ports.free_pair())
    up = command("cloud", "up", "--port", emulator, "--engine-port", engine)
    assert (up.returncode, up.stdout.count("healthy")) == (0, 2), up.stderr
    assert command("cloud", "status").returncode == 0
    assert f"127.0.0.1:{emulator}" in command("cloud", "logs").stdout
    assert command("cloud", "down").returncode == 0
    assert "is down" in command("cloud", "status").stderr


def test_up_starts_beside_what_another_version_left(command: Rekbridge, tmp_path: Path) -> None:
    left = tmp_path / "home" / "cloud" / "cloud.json"
    left.parent.mkdir()
    left.write_text('{"endpoint": "http://127.0.0.1:4566", "supervisor": 1, "phase": "ended"}')
    emulator, engine = map(str, ports.free_pair())
    up = command("cloud", "up", "--port", emulator, "--engine-port", engine)
    assert (up.returncode, up.stdout.count("healthy")) == (0, 2), up.stderr


def test_two_ups_at_once_start_one_cloud(command: Rekbridge) -> None:
    emulator, engine = map(str, ports.free_pair())
    with ThreadPoolExecutor(2) as pool:
        ups = list(pool.map(lambda _: command("cloud", "up", "--port", emulator, "--engine-port", engine), range(2)))
    assert [up.returncode for up in ups] == [0, 0], [up.stderr for up in ups]
    assert ups[0].stdout == ups[1].stdout


def test_a_taken_port_is_refused_by_name_of_its_holder(
    command: Rekbridge,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        up = command("cloud", "up", "--port", str(port))
    assert up.returncode == 1
    assert f"Port {port}" in up.stderr
    assert f"process {os.getpid()}" in up.stderr


def test_status_after_a_crash_says_what_happened(command: Rekbridge, tmp_path: Path) -> None:
    emulator, engine = map(str, ports.free_pair())
    command("cloud", "up", "--port", emulator, "--engine-port", engine)
    cloud = LocalCloud(tmp_path / "home" / "cloud")
    everybody = family(cloud)
    os.kill(cloud.record.pids["engine"], signal.SIGKILL)
    assert still_alive(everybody) == 0
    status = command("cloud", "status")
    assert status.returncode == 1
    assert "the engine was killed by SIGKILL" in status.stderr
