"""The processes of one deployment's Terraform: Terraform itself and its plugins, also those that nobody waits for.

When `rekbridge` is killed, Terraform gets SIGTERM, saves its state and ends. When Terraform
itself is killed, its plugins stay and go on. Both are recognised by their name and their environment, which names the
deployment's folder: so no record can be out of date, or missing because somebody was killed before it was written.
Whatever else has the variable is left alone: an operator may have exported it, and started anything.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rekbridge.support.notify import Notify

# In the environment of Terraform, and of every process that it starts.
DATA_FOLDER_VARIABLE = "TF_DATA_DIR"
TERRAFORM, PLUGIN = "terraform", "terraform-provider-"
# Terraform's command line has it also before the program that sets the death signal has become Terraform.
ROOT_OPTION = "-chdir="
POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class TerraformProcess:
    """A running Terraform or plugin with a deployment's data folder in its environment."""

    pid: int
    parent: int
    is_plugin: bool


def find_processes(data_folder: Path) -> list[TerraformProcess]:
    """Return the Terraforms with this data folder, and their plugins; never this process or what started it."""
    return list(_iterate_processes(f"{DATA_FOLDER_VARIABLE}={data_folder}".encode()))


def wait_and_end_plugins(data_folder: Path, notify: Notify) -> None:
    """Wait for a Terraform that still works with this data folder, then end the plugins that it or another one left."""
    notified = set[int]()
    while running := [process for process in find_processes(data_folder) if not process.is_plugin]:
        for process in running:
            if process.pid not in notified:
                notify(
                    f"Waiting for Terraform, process {process.pid}, which finishes what it has begun in the same "
                    f"folder: {data_folder.parent}"
                )
            notified.add(process.pid)
        time.sleep(POLL_S)
    end_plugins(data_folder)


def end_plugins(data_folder: Path) -> None:
    """Kill the plugins whose Terraform has ended. Nobody would learn what they still do."""
    processes = find_processes(data_folder)
    alive = {process.pid for process in processes}
    orphans = {process.pid for process in processes if process.is_plugin and process.parent not in alive}
    for pid in orphans:
        # A process that has ended meanwhile needs no signal.
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    while orphans & {process.pid for process in find_processes(data_folder)}:
        time.sleep(POLL_S)


@contextmanager
def mark_while_running(marker: Path) -> Iterator[None]:
    """Keep a file while the block runs. It stays if this process is killed."""
    marker.touch()
    try:
        yield
    finally:
        marker.unlink()


def _iterate_processes(variable: bytes) -> Iterator[TerraformProcess]:
    own = _find_own_processes()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int(folder.name) in own or variable not in (folder / "environ").read_bytes().split(b"\0"):
                continue
            arguments = [os.fsdecode(argument) for argument in (folder / "cmdline").read_bytes().split(b"\0")]
            names = {Path(arguments[0]).name, (folder / "exe").readlink().name}
            parent = _read_parent(folder)
        except OSError:
            # The process ended during the search, or is another user's.
            continue
        is_plugin = any(name.startswith(PLUGIN) for name in names)
        is_terraform = TERRAFORM in names or any(argument.startswith(ROOT_OPTION) for argument in arguments)
        if is_plugin or is_terraform:
            yield TerraformProcess(int(folder.name), parent, is_plugin)


def _find_own_processes() -> set[int]:
    """Return this process and its ancestors."""
    own, pid = set[int](), os.getpid()
    while pid and pid not in own:
        own.add(pid)
        try:
            pid = _read_parent(Path("/proc") / str(pid))
        except OSError:
            break
    return own


def _read_parent(folder: Path) -> int:
    # The name may contain spaces and brackets. After it: state, parent.
    return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
