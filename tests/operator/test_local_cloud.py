"""Real local clouds: started, stopped, killed."""

import io
import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from rekbridge.deploy import deployment
from rekbridge.emulator import LocalCloud, LocalCloudSettings, ports, process_group_reaper
from rekbridge.emulator.state import APPLYING
from rekbridge.support import local_http, paths

type RunRekbridge = Callable[..., subprocess.CompletedProcess[str]]

HOME, REMOTE = "eu-west-3", "eu-west-1"
SLEEPER = "import time\ndef handler(event, context):\n    time.sleep(300)\n"
OWNER = """
import sys, time
from pathlib import Path
from rekbridge.emulator import LocalCloud
with LocalCloud.start_private(Path(sys.argv[1])):
    print("ready", flush=True)
    time.sleep(300)
"""


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[LocalCloud]:
    with LocalCloud.start_private(tmp_path / "cloud") as private:
        yield private


@pytest.fixture
def command(tmp_path: Path) -> Iterator[RunRekbridge]:
    """The `rekbridge` command with its own REKBRIDGE_HOME, which shares the installed virtual environments."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "venvs").symlink_to(paths.get_home() / "venvs")
    environment = os.environ | {"REKBRIDGE_HOME": str(home), "COLUMNS": "200"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        rekbridge = [str(Path(sys.executable).with_name("rekbridge")), *arguments]
        return subprocess.run(rekbridge, env=environment, capture_output=True, text=True, check=False, timeout=120)

    yield run
    LocalCloud(home / "cloud").stop()


def open_process_descriptors(cloud: LocalCloud) -> list[int]:
    """Pidfds of every process of a cloud: supervisor, process group reaper, servers and their child processes."""
    record = cloud.record
    group = record.pids["process_group_reaper"]
    return [os.pidfd_open(pid) for pid in (record.supervisor, group, *process_group_reaper.list_other_members(group))]


def count_survivors(processes: list[int], timeout_s: float = 20) -> int:
    """Waits until all processes have ended, at most for the timeout. Returns how many are still alive."""
    deadline = time.monotonic() + timeout_s
    ended: set[int] = set()
    while len(ended) < len(processes) and (remaining := deadline - time.monotonic()) > 0:
        ended |= set(select.select([process for process in processes if process not in ended], [], [], remaining)[0])
    for process in processes:
        os.close(process)
    return len(processes) - len(ended)


def start_sleeping_function(cloud: LocalCloud) -> None:
    """Invokes a function that sleeps for minutes: its worker would outlive a killed emulator."""
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
    before = len(process_group_reaper.list_other_members(cloud.record.pids["process_group_reaper"]))
    functions.invoke(FunctionName="sleeper", InvocationType="Event", Payload=b"{}")
    deadline = time.monotonic() + 20
    while len(process_group_reaper.list_other_members(cloud.record.pids["process_group_reaper"])) == before:
        assert time.monotonic() < deadline, "the function was never started"
        time.sleep(0.1)


def create_bucket(cloud: LocalCloud, name: str) -> None:
    cloud.client("s3", HOME).create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME})


def list_buckets(cloud: LocalCloud) -> list[str]:
    return [bucket["Name"] for bucket in cloud.client("s3", HOME).list_buckets()["Buckets"]]


def test_the_local_rekognition_serves_the_called_region(cloud: LocalCloud) -> None:
    photo = (paths.ROOT / "tests" / "photos" / "coffee.jpg").read_bytes()
    assert "TextDetections" in cloud.client("rekognition", REMOTE).detect_text(Image={"Bytes": photo})


def test_two_clouds_run_at_once_and_share_nothing(tmp_path: Path) -> None:
    with ExitStack() as both:
        one, two = (both.enter_context(LocalCloud.start_private(tmp_path / name)) for name in ("one", "two"))
        create_bucket(one, "only-in-one")
        assert (list_buckets(one), list_buckets(two)) == (["only-in-one"], [])


def test_stopping_leaves_no_process_not_even_a_busy_function(cloud: LocalCloud) -> None:
    start_sleeping_function(cloud)
    processes = open_process_descriptors(cloud)
    cloud.stop()
    assert count_survivors(processes, timeout_s=1) == 0
    assert cloud.state == "down"


def test_a_killed_supervisor_leaves_no_process_not_even_a_busy_function(cloud: LocalCloud) -> None:
    start_sleeping_function(cloud)
    processes = open_process_descriptors(cloud)
    os.kill(cloud.record.supervisor, signal.SIGKILL)
    assert count_survivors(processes) == 0


def test_a_killed_owner_leaves_no_process(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "ready\n"
        processes = open_process_descriptors(LocalCloud(tmp_path))
        owner.kill()
        assert count_survivors(processes) == 0


def test_stored_data_is_available_again_after_a_clean_shutdown(cloud: LocalCloud) -> None:
    create_bucket(cloud, "kept")
    settings = LocalCloudSettings(cloud.folder, cloud.record.ports["emulator"], cloud.record.ports["engine"])
    cloud.stop()
    cloud.start(settings)
    assert list_buckets(cloud) == ["kept"]


def test_after_a_kill_both_states_start_empty(cloud: LocalCloud) -> None:
    create_bucket(cloud, "lost")
    cloud.terraform_folder.mkdir()
    (cloud.terraform_folder / "terraform.tfstate").write_text("{}")
    settings = LocalCloudSettings(cloud.folder, cloud.record.ports["emulator"], cloud.record.ports["engine"])
    supervisor = os.pidfd_open(cloud.record.supervisor)
    os.kill(cloud.record.supervisor, signal.SIGKILL)
    assert count_survivors([supervisor]) == 0
    assert cloud.start(settings).state_lost
    assert list_buckets(cloud) == []
    assert not (cloud.terraform_folder / "terraform.tfstate").exists()


def test_after_a_killed_apply_the_cloud_is_started_again_empty(cloud: LocalCloud) -> None:
    create_bucket(cloud, "unknown-to-terraform")
    cloud.terraform_folder.mkdir()
    (cloud.terraform_folder / APPLYING).touch()
    notices: list[str] = []
    for _ in range(2):
        deployment.reset_after_killed_apply(cloud, notices.append)
    assert (list_buckets(cloud), len(notices)) == ([], 1)


def test_only_its_owner_can_read_what_a_cloud_writes(cloud: LocalCloud) -> None:
    create_bucket(cloud, "private")
    cloud.stop()
    paths_of_others = [path for path in cloud.folder.rglob("*") if path.stat().st_mode & 0o077 and path.is_dir()]
    logs = [path.stat().st_mode & 0o777 for path in (cloud.folder / "logs").iterdir()]
    assert (cloud.folder.stat().st_mode & 0o777, paths_of_others, set(logs)) == (0o700, [], {0o600})


def test_a_page_can_be_allowed_on_the_command_line_but_not_while_the_cloud_runs(command: RunRekbridge) -> None:
    emulator, engine = map(str, ports.find_free_pair())
    allow = ("--port", emulator, "--engine-port", engine, "--allow-origin", "http://127.0.0.1:5173")
    assert command("cloud", "up", *allow).returncode == 0
    page = urllib.request.Request(f"http://127.0.0.1:{emulator}/", headers={"Origin": "http://127.0.0.1:5173"})
    with local_http.open_url(page, timeout_s=10) as response:
        assert response.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:5173"
    again = command("cloud", "up", *allow, "--allow-origin", "http://127.0.0.1:5174")
    assert (again.returncode, "does not accept the page http://127.0.0.1:5174" in again.stderr) == (1, True)


def test_up_status_logs_and_down_on_the_command_line(command: RunRekbridge) -> None:
    emulator, engine = map(str, ports.find_free_pair())
    up = command("cloud", "up", "--port", emulator, "--engine-port", engine)
    assert (up.returncode, up.stdout.count("healthy")) == (0, 2), up.stderr
    assert command("cloud", "status").returncode == 0
    assert f"127.0.0.1:{emulator}" in command("cloud", "logs").stdout
    assert command("cloud", "down").returncode == 0
    assert "is down" in command("cloud", "status").stderr


def test_up_starts_where_another_version_left_a_record(command: RunRekbridge, tmp_path: Path) -> None:
    record = tmp_path / "home" / "cloud" / "cloud.json"
    record.parent.mkdir()
    record.write_text('{"endpoint": "http://127.0.0.1:4566", "supervisor": 1, "phase": "ended"}')
    emulator, engine = map(str, ports.find_free_pair())
    up = command("cloud", "up", "--port", emulator, "--engine-port", engine)
    assert (up.returncode, up.stdout.count("healthy")) == (0, 2), up.stderr


def test_two_concurrent_ups_start_one_cloud(command: RunRekbridge) -> None:
    emulator, engine = map(str, ports.find_free_pair())
    with ThreadPoolExecutor(2) as pool:
        ups = list(pool.map(lambda _: command("cloud", "up", "--port", emulator, "--engine-port", engine), range(2)))
    assert [up.returncode for up in ups] == [0, 0], [up.stderr for up in ups]
    assert ups[0].stdout == ups[1].stdout


def test_a_used_port_is_refused_with_the_process_that_listens_on_it(
    command: RunRekbridge,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        up = command("cloud", "up", "--port", str(port))
    assert up.returncode == 1
    assert f"Port {port}" in up.stderr
    assert f"process {os.getpid()}" in up.stderr


def test_status_after_a_crash_reports_the_reason(command: RunRekbridge, tmp_path: Path) -> None:
    emulator, engine = map(str, ports.find_free_pair())
    command("cloud", "up", "--port", emulator, "--engine-port", engine)
    cloud = LocalCloud(tmp_path / "home" / "cloud")
    processes = open_process_descriptors(cloud)
    os.kill(cloud.record.pids["engine"], signal.SIGKILL)
    assert count_survivors(processes) == 0
    status = command("cloud", "status")
    assert status.returncode == 1
    assert "the engine was killed by SIGKILL" in status.stderr
