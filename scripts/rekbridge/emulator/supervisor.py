"""The one process that owns a local cloud: starts its servers, watches them, ends them all.

It ends when it is asked to (SIGTERM), when a server ends, or when its owner does: a test process has one of its own.
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
from rekbridge.emulator.record import Record
from rekbridge.emulator.settings import Plan
from rekbridge.support import locks
from rekbridge.support.parent_death_signal import tethered

START_PATIENCE_S = 90.0
GRACE_S = 15.0


class Ended(Exception):
    """The cloud has to end; the message says why, and is empty when somebody asked for it."""


class Family:
    """The guard and the servers, in one process group that the guard leads."""

    def __init__(self, plan: Plan, lock: int) -> None:
        self._plan = plan
        self._guard = self._start_guard(lock)
        self.servers = {name: self._start(name, command) for name, command in servers.commands(plan).items()}

    @property
    def pids(self) -> dict[str, int]:
        """Everybody's process id, by name."""
        return {"guard": self._guard.pid} | {name: server.pid for name, server in self.servers.items()}

    def wait(self, owner: int | None, patience_s: float | None = None) -> None:
        """Wait; raises Ended as soon as one of the family, or the owner, has ended."""
        watched = {os.pidfd_open(pid): name for name, pid in self.pids.items()}
        try:
            ended, _, _ = select.select([*watched, *([owner] if owner is not None else [])], [], [], patience_s)
        finally:
            for descriptor in watched:
                os.close(descriptor)
        if ended:
            raise Ended("" if ended[0] == owner else self._obituary(watched[ended[0]]))

    def end(self) -> bool:
        """End everybody; True when the emulator came to its own end, that is, wrote its whole state."""
        for server in self.servers.values():
            server.terminate()
        deadline = time.monotonic() + GRACE_S
        for server in self.servers.values():
            try:
                server.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                print(f"process {server.pid} does not end by itself: killed", flush=True)
        os.killpg(self._guard.pid, signal.SIGKILL)
        self._guard.wait()
        emulator = self.servers.get("emulator")
        return emulator is not None and emulator.wait() == 0

    def _start_guard(self, lock: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "rekbridge.emulator.process_group_reaper", str(os.getpid())]
        guard = subprocess.Popen(command, process_group=0, pass_fds=[lock], stdout=subprocess.PIPE)
        assert guard.stdout is not None
        guard.stdout.readline()
        return guard

    def _start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with logs.of(self._plan.folder, name).open("wb") as log:
            return subprocess.Popen(
                tethered(command),
                process_group=self._guard.pid,
                cwd=servers.working_folders(self._plan)[name],
                env=servers.environments(self._plan)[name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _obituary(self, name: str) -> str:
        if name not in self.servers:
            return f"the {name} ended"
        code = self.servers[name].wait()
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"the {name} {how}; {logs.last_words(self._plan.folder, name)}"


def run(plan: Plan, owner: int | None) -> Record:
    """Hold a local cloud until it has to end; gives the record that it left."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    keeps = EMULATORS[plan.emulator].keeps
    with locks.held(plan.folder / "lock") as lock:
        record = Record(
            endpoint=plan.endpoint,
            engine=plan.engine,
            control=f"{plan.engine}/control",
            ports={"emulator": plan.emulator_port, "engine": plan.engine_port},
            supervisor=os.getpid(),
            plan=plan.told(),
            lost=state.reopen(plan.folder, keeps),
        )
        record.write(plan.folder)
        # A killed emulator leaves the unpacked code of every function behind.
        shutil.rmtree(plan.folder / "tmp", ignore_errors=True)
        for folder in ("logs", "tmp"):
            (plan.folder / folder).mkdir(exist_ok=True)
        family = Family(plan, lock)
        try:
            record.pids = family.pids
            record.write(plan.folder)
            wait_for_health(plan, family.pids, lambda: family.wait(owner, patience_s=0.1))
            record.phase = "ready"
            record.write(plan.folder)
            family.wait(owner)
        except Ended as end:
            record.why = str(end)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if family.end() and keeps is not None:
                state.complete(plan.folder, keeps)
            record.phase, record.pids = "ended", {}
            record.write(plan.folder)
    return record


def wait_for_health(plan: Plan, pids: Mapping[str, int], pause: Callable[[], None]) -> None:
    """Wait until every server answers. Raises Ended when one never will, or not in time."""
    deadline = time.monotonic() + START_PATIENCE_S
    while not all((found := servers.health(plan, pids)).values()):
        if why := servers.failure(plan):
            raise Ended(f"the engine cannot work: {why}; {logs.last_words(plan.folder, 'engine')}")
        if time.monotonic() > deadline:
            sick = " and ".join(name for name, well in found.items() if not well)
            raise Ended(f"the {sick} did not answer within {START_PATIENCE_S:.0f} s; see {plan.folder / 'logs'}")
        pause()


def _asked_to_end(*_: object) -> NoReturn:
    raise Ended


def main() -> None:
    """Run as `python -m rekbridge.emulator.supervisor FOLDER PLAN`, the plan in JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("plan", type=json.loads)
    parser.add_argument("--owner", type=int)
    told = parser.parse_args()
    signal.signal(signal.SIGTERM, _asked_to_end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    owner = os.pidfd_open(told.owner) if told.owner else None
    record = run(Plan(told.folder, **told.plan), owner)
    if record.why:
        sys.exit(record.why)


if __name__ == "__main__":
    main()
