"""Starting a supervisor, and waiting until its cloud is healthy."""

import json
import subprocess
import sys
import time

from rekbridge.emulator import ports, servers
from rekbridge.emulator.record import Record
from rekbridge.emulator.settings import Plan
from rekbridge.support.errors import OperatorError


def refuse_taken(plan: Plan) -> None:
    """Raise OperatorError naming the port that is taken and who holds it."""
    listening = {
        "emulator": ("emulator", plan.emulator_port, "--port"),
        "engine": ("local Rekognition", plan.engine_port, "--engine-port"),
    }
    for name, port, option in (listening[server] for server in servers.commands(plan)):
        if not ports.is_free(port):
            who = ports.holder(port) or "a process that is not yours to see"
            raise OperatorError(
                f"Port {port}, which the {name} would listen on, is taken by {who}.",
                f"End that process, or choose another port: rekbridge cloud up {option} {port + 1}",
            )


def start(plan: Plan, owner: int | None) -> subprocess.Popen[bytes]:
    """Start a supervisor in a session of its own: no terminal's Ctrl-C reaches it."""
    told = [str(plan.folder), json.dumps(plan.told())]
    owned = ["--owner", str(owner)] if owner is not None else []
    with (plan.folder / "supervisor.log").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "rekbridge.emulator.supervisor", *told, *owned],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def wait_ready(plan: Plan, supervisor: subprocess.Popen[bytes]) -> Record:
    """Wait for its cloud's health. Raises OperatorError with the supervisor's last words when it ends before."""
    while supervisor.poll() is None:
        record = Record.read(plan.folder)
        if record is not None and record.supervisor == supervisor.pid and record.phase == "ready":
            return record
        time.sleep(0.05)
    words = (plan.folder / "supervisor.log").read_text().strip() or f"exit code {supervisor.returncode}"
    raise OperatorError(f"The local cloud did not start: {words}", f"The logs in {plan.folder / 'logs'} say more.")
