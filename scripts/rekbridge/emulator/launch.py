"""Starts a supervisor process and waits until its local cloud is healthy."""

import json
import subprocess
import sys
import time

from rekbridge.emulator import ports, servers
from rekbridge.emulator.record import CloudRecord
from rekbridge.emulator.settings import LocalCloudSettings
from rekbridge.support.errors import OperatorError


def check_ports_free(settings: LocalCloudSettings) -> None:
    """Raise OperatorError with the port and the process that uses it, unless all ports are free."""
    servers_with_ports = {
        "emulator": ("emulator", settings.emulator_port, "--port"),
        "engine": ("local Rekognition", settings.engine_port, "--engine-port"),
    }
    for name, port, option in (servers_with_ports[server] for server in servers.build_commands(settings)):
        if not ports.is_free(port):
            process = ports.find_listener(port) or "a process of another user"
            raise OperatorError(
                f"Port {port} of the {name} is already in use by {process}.",
                f"Stop that process, or choose another port: rekbridge cloud up {option} {port + 1}",
            )


def start_supervisor(settings: LocalCloudSettings, owner: int | None) -> subprocess.Popen[bytes]:
    """Start a supervisor in its own session, so that a terminal's Ctrl-C does not reach it.

    When `owner` is a process id, the local cloud stops as soon as that process ends.
    """
    arguments = [str(settings.folder), json.dumps(settings.to_dict())]
    if owner is not None:
        arguments += ["--owner", str(owner)]
    with (settings.folder / "supervisor.log").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "rekbridge.emulator.supervisor", *arguments],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def wait_until_ready(settings: LocalCloudSettings, supervisor: subprocess.Popen[bytes]) -> CloudRecord:
    """Wait until the local cloud is healthy. Raises OperatorError with the supervisor's log if the supervisor exits."""
    while supervisor.poll() is None:
        record = CloudRecord.read(settings.folder)
        if record is not None and record.supervisor == supervisor.pid and record.phase == "ready":
            return record
        time.sleep(0.05)
    log = (settings.folder / "supervisor.log").read_text().strip() or f"exit code {supervisor.returncode}"
    raise OperatorError(f"The local cloud did not start: {log}", f"Read the logs in {settings.folder / 'logs'}.")
