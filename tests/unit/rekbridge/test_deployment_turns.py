"""Two processes that deploy from one folder take turns, and an apply that was killed leaves its mark."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rekbridge.emulator.state import APPLYING
from rekbridge.support.errors import OperatorError
from rekbridge.terraform import processes
from rekbridge.terraform.driver import Terraform

# As a command does: the configuration is copied, then applied. Each line of input is one step more.
DEPLOY = """
import os, sys
from pathlib import Path
from rekbridge.deploy import deployment
from rekbridge.terraform.driver import Terraform
terraform = Terraform(Path(sys.argv[1]), dict(os.environ), {"target": "ministack"})
prepared = deployment.initialize(terraform, {}, None, lambda text: print(text, flush=True))
print("prepared", flush=True)
input()
prepared.apply(lambda *_: None)
"""
# It ends `apply` half a second after SIGTERM, as the real one finishes what it has begun. It says so first, and
# as a Go program it dies if nobody can read that. Its plugin ends with it, unless it is killed; without it, it fails.
TERRAFORM = """#!/bin/sh
case "$*" in
  *" apply "*)
    "$PLUGIN" "$PLUGIN.sh" & plugin=$!
    trap 'echo "{}" || kill -9 $$; sleep 0.5; kill $plugin; echo saved > "$SAVED"; exit 0' TERM
    echo $$ > "$APPLYING.new"; mv "$APPLYING.new" "$APPLYING"
    while kill -0 $plugin 2> /dev/null; do sleep 0.05; done
    exit 1 ;;
esac
"""
# As the real one, it stays when Terraform is killed, with every file descriptor that it has inherited.
PLUGIN = """
echo $$ > "$PLUGIN_STARTED.new"; mv "$PLUGIN_STARTED.new" "$PLUGIN_STARTED"
while :; do sleep 0.05; done
"""
type StartDeploying = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def terraform(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Terraform on the PATH that does nothing, and applies until it gets SIGTERM. Returns the deployment's folder."""
    program = tmp_path / "bin" / "terraform"
    program.parent.mkdir()
    program.write_text(TERRAFORM)
    program.chmod(0o755)
    plugin = program.with_name("terraform-provider-aws")
    # A shell under the name of a plugin.
    plugin.symlink_to("/bin/sh")
    plugin.with_name("terraform-provider-aws.sh").write_text(PLUGIN)
    monkeypatch.setenv("PLUGIN", str(plugin))
    monkeypatch.setenv("PLUGIN_STARTED", str(tmp_path / "plugin"))
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("SAVED", str(tmp_path / "saved"))
    monkeypatch.setenv("APPLYING", str(tmp_path / "started"))
    return tmp_path / "deployment"


@pytest.fixture
def start_deploying(terraform: Path) -> Iterator[StartDeploying]:
    processes = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", DEPLOY, str(terraform)]
        processes.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line, f"the process has ended with {process.wait()}"
    return line


def start_applying(process: subprocess.Popen[str], started: Path) -> dict[str, int]:
    """Let a process go on until Terraform and its plugin run. Returns the ids of all three."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    plugin = started.with_name("plugin")
    while not (started.exists() and plugin.exists()):
        assert process.poll() is None
    return {
        "rekbridge": process.pid,
        "terraform": int(started.read_text()),
        "plugin": int(plugin.read_text()),
    }


def is_running(pid: int) -> bool:
    """Whether a process runs. A zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_second_waits_until_the_first_has_ended_and_says_so(
    start_deploying: StartDeploying, terraform: Path
) -> None:
    first = start_deploying()
    assert read_line(first) == "prepared"
    second = start_deploying()
    waiting = f"Waiting for process {first.pid}, which deploys from the same folder: {terraform}"
    assert read_line(second) == waiting
    first.kill()
    assert read_line(second) == "prepared"


def test_after_a_kill_it_is_the_next_ones_turn_when_terraform_has_saved_its_state(
    start_deploying: StartDeploying, tmp_path: Path
) -> None:
    first = start_deploying()
    read_line(first)
    start_applying(first, tmp_path / "started")
    first.kill()
    second = start_deploying()
    while read_line(second) != "prepared":
        pass
    assert (tmp_path / "saved").exists()


@pytest.mark.parametrize(
    "killed",
    [
        ["rekbridge"],
        ["terraform"],
        ["plugin"],
        ["rekbridge", "terraform"],
        ["terraform", "rekbridge"],
        ["rekbridge", "plugin"],
        ["terraform", "plugin"],
        ["rekbridge", "terraform", "plugin"],
    ],
    ids=" and ".join,
)
def test_whatever_is_killed_the_next_one_goes_on_and_no_process_is_left(
    killed: list[str], start_deploying: StartDeploying, tmp_path: Path
) -> None:
    first = start_deploying()
    read_line(first)
    pids = start_applying(first, tmp_path / "started")
    for name in killed:
        os.kill(pids[name], signal.SIGKILL)
    second = start_deploying()
    while read_line(second) != "prepared":
        pass
    assert [name for name in ("terraform", "plugin") if is_running(pids[name])] == []


def test_the_next_one_says_that_it_waits_for_a_terraform_whose_rekbridge_was_killed(
    start_deploying: StartDeploying, terraform: Path, tmp_path: Path
) -> None:
    first = start_deploying()
    read_line(first)
    pids = start_applying(first, tmp_path / "started")
    os.kill(pids["terraform"], signal.SIGSTOP)
    first.kill()
    second = start_deploying()
    assert read_line(second) == (
        f"Waiting for Terraform, process {pids['terraform']}, which finishes what it has begun in the same folder: "
        f"{terraform}"
    )
    os.kill(pids["terraform"], signal.SIGCONT)
    assert read_line(second) == "prepared"


def test_the_plugins_of_another_deployment_are_left_alone(start_deploying: StartDeploying, tmp_path: Path) -> None:
    first = start_deploying()
    read_line(first)
    pids = start_applying(first, tmp_path / "started")
    first.kill()
    os.kill(pids["terraform"], signal.SIGKILL)
    processes.wait_and_end_plugins(tmp_path / "another" / "data", lambda _: None)
    assert is_running(pids["plugin"])
    os.kill(pids["plugin"], signal.SIGKILL)


@pytest.fixture
def stranger(terraform: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process with the variable of the deployment's Terraform that is neither Terraform nor a plugin."""
    variable = {processes.DATA_FOLDER_VARIABLE: str(terraform / "data")}
    with subprocess.Popen(["sleep", "60"], env={**os.environ, **variable}) as process:
        yield process
        process.kill()


def test_no_other_program_with_the_variable_is_killed(stranger: subprocess.Popen[bytes], terraform: Path) -> None:
    processes.wait_and_end_plugins(terraform / "data", lambda _: None)
    assert stranger.poll() is None


def test_a_process_and_its_ancestors_never_count_as_its_terraform(tmp_path: Path) -> None:
    # A shell named as a plugin starts what searches: the variable is in the environment of both.
    search = (
        "import sys; from pathlib import Path; from rekbridge.terraform import processes\n"
        "print(processes.find_processes(Path(sys.argv[1])))"
    )
    plugin = tmp_path / "terraform-provider-aws"
    plugin.symlink_to("/bin/sh")
    command = [str(plugin), "-c", '"$@"; :', "any", sys.executable, "-c", search, str(tmp_path / "data"), "-chdir=any"]
    environment = {**os.environ, processes.DATA_FOLDER_VARIABLE: str(tmp_path / "data")}
    found = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert found.stdout == "[]\n"


def test_a_terraform_that_was_started_by_hand_is_waited_for(tmp_path: Path) -> None:
    program = tmp_path / "terraform"
    program.symlink_to("/bin/sh")
    environment = {**os.environ, processes.DATA_FOLDER_VARIABLE: str(tmp_path / "data")}
    with subprocess.Popen([program, "-c", "read line; :"], env=environment, stdin=subprocess.PIPE) as process:
        while not (found := processes.find_processes(tmp_path / "data")):
            assert process.poll() is None
        assert [(one.pid, one.is_plugin) for one in found] == [(process.pid, False)]
        process.communicate(b"\n")


def test_a_killed_apply_leaves_a_mark(start_deploying: StartDeploying, terraform: Path, tmp_path: Path) -> None:
    process = start_deploying()
    read_line(process)
    start_applying(process, tmp_path / "started")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (terraform / APPLYING).exists()


def test_a_failed_apply_leaves_no_mark(terraform: Path, tmp_path: Path) -> None:
    (tmp_path / "bin" / "terraform").write_text("#!/bin/sh\nexit 1\n")
    terraform.mkdir()
    with pytest.raises(OperatorError):
        Terraform(terraform, dict(os.environ), {"target": "ministack"}).apply(lambda *_: None)
    assert not (terraform / APPLYING).exists()
