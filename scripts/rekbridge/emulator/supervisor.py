"""The process that owns a local cloud: it starts the servers, watches them and stops them all.

It stops on SIGTERM, when a server ends, or when its owner ends (for example the test process that started it).
"""

import argparse
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from rekbridge.emulator import logs, servers, state
from rekbridge.emulator.emulators import EMULATORS
from rekbridge.emulator.record import CloudRecord
from rekbridge.emulator.settings import LocalCloudSettings
from rekbridge.support import locks
from rekbridge.support.parent_death_signal import with_death_signal

START_TIMEOUT_S = 90.0
SHUTDOWN_TIMEOUT_S = 15.0


class CloudStopped(Exception):
    """The cloud must stop. The message is the reason; it is empty when the stop was requested."""


class ProcessGroup:
    """The process group reaper and the servers, in one process group that the reaper leads."""

    def __init__(self, settings: LocalCloudSettings, lock: int) -> None:
        self._settings = settings
        self._reaper = self._start_reaper(lock)
        commands = servers.build_commands(settings)
        self.servers = {name: self._start_server(name, command) for name, command in commands.items()}

    @property
    def pids(self) -> dict[str, int]:
        """The process id of the reaper and of each server, by name."""
        return {"process_group_reaper": self._reaper.pid} | {name: server.pid for name, server in self.servers.items()}

    def wait(self, owner: int | None, timeout_s: float | None = None) -> None:
        """Wait for the timeout. Raises CloudStopped as soon as one process of the group, or the owner, has ended.

        `owner` is a pidfd.
        """
        names = {os.pidfd_open(pid): name for name, pid in self.pids.items()}
        try:
            ended, _, _ = select.select([*names, *([owner] if owner is not None else [])], [], [], timeout_s)
        finally:
            for descriptor in names:
                os.close(descriptor)
        if ended:
            raise CloudStopped("" if ended[0] == owner else self._get_exit_reason(names[ended[0]]))

    def stop(self) -> bool:
        """Stop every process. Returns True when the emulator shut down cleanly, that is, saved its whole state."""
        for server in self.servers.values():
            server.terminate()
        deadline = time.monotonic() + SHUTDOWN_TIMEOUT_S
        for server in self.servers.values():
            try:
                server.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                print(f"process {server.pid} did not stop within {SHUTDOWN_TIMEOUT_S:.0f} s: killing it", flush=True)
        os.killpg(self._reaper.pid, signal.SIGKILL)
        self._reaper.wait()
        emulator = self.servers.get("emulator")
        return emulator is not None and emulator.wait() == 0

    def _start_reaper(self, lock: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "rekbridge.emulator.process_group_reaper", str(os.getpid())]
        reaper = subprocess.Popen(command, process_group=0, pass_fds=[lock], stdout=subprocess.PIPE)
        assert reaper.stdout is not None
        reaper.stdout.readline()
        return reaper

    def _start_server(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with logs.get_log_path(self._settings.folder, name).open("wb") as log:
            return subprocess.Popen(
                with_death_signal(command),
                process_group=self._reaper.pid,
                cwd=servers.get_working_folders(self._settings)[name],
                env=servers.build_environments(self._settings)[name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _get_exit_reason(self, name: str) -> str:
        if name not in self.servers:
            return f"the {name} ended"
        code = self.servers[name].wait()
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"the {name} {how}; {logs.describe_last_log_line(self._settings.folder, name)}"


def run_cloud(settings: LocalCloudSettings, owner: int | None) -> CloudRecord:
    """Run a local cloud until it must stop. Returns its final record. `owner` is a pidfd."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    state_id = EMULATORS[settings.emulator].state_id
    with locks.hold(settings.folder / "lock") as lock:
        record = CloudRecord(
            endpoint=settings.endpoint,
            engine_url=settings.engine_url,
            control_url=f"{settings.engine_url}/control",
            ports={"emulator": settings.emulator_port, "engine": settings.engine_port},
            supervisor=os.getpid(),
            settings=settings.to_dict(),
            state_lost=state.prepare_state(settings.folder, state_id),
        )
        record.write(settings.folder)
        # A killed emulator leaves the unpacked code of every function there.
        shutil.rmtree(settings.folder / "tmp", ignore_errors=True)
        for folder in ("logs", "tmp"):
            (settings.folder / folder).mkdir(exist_ok=True)
        group = ProcessGroup(settings, lock)
        try:
            record.pids = group.pids
            record.write(settings.folder)
            wait_for_health(settings, group.pids, lambda: group.wait(owner, timeout_s=0.1))
            record.phase = "ready"
            record.write(settings.folder)
            group.wait(owner)
        except CloudStopped as stopped:
            record.end_reason = str(stopped)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if group.stop() and state_id is not None:
                state.mark_complete(settings.folder, state_id)
            record.phase, record.pids = "stopped", {}
            record.write(settings.folder)
    return record


def wait_for_health(settings: LocalCloudSettings, pids: Mapping[str, int], pause: Callable[[], None]) -> None:
    """Wait until every server is healthy. Raises CloudStopped when one reports a failure, or on timeout."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while not all((health := servers.check_health(settings, pids)).values()):
        if failure := servers.fetch_engine_failure(settings):
            log_line = logs.describe_last_log_line(settings.folder, "engine")
            raise CloudStopped(f"the engine failed to start: {failure}; {log_line}")
        if time.monotonic() > deadline:
            names = " and ".join(name for name, healthy in health.items() if not healthy)
            logs_folder = settings.folder / "logs"
            raise CloudStopped(f"the {names} did not become healthy within {START_TIMEOUT_S:.0f} s; see {logs_folder}")
        pause()


def _handle_sigterm(*_: object) -> NoReturn:
    raise CloudStopped


def main() -> None:
    """Run as `python -m rekbridge.emulator.supervisor FOLDER SETTINGS`, the settings in JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("settings", type=json.loads)
    parser.add_argument("--owner", type=int)
    arguments = parser.parse_args()
    # Every process of the cloud inherits it: what they write is for the owner only.
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _handle_sigterm)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    owner = os.pidfd_open(arguments.owner) if arguments.owner else None
    record = run_cloud(LocalCloudSettings(arguments.folder, **arguments.settings), owner)
    if record.end_reason:
        sys.exit(record.end_reason)


if __name__ == "__main__":
    main()
