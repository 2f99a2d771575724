"""A local cloud seen from outside: start it, find it, stop it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self

from rekbridge.emulator import launch, ports, servers, state
from rekbridge.emulator.emulators import EMULATORS, EmulatorTarget, build_settings
from rekbridge.emulator.record import CloudRecord, delete_record, read_supervisor_pid
from rekbridge.emulator.servers import CREDENTIALS
from rekbridge.emulator.settings import LocalCloudSettings
from rekbridge.support import locks, paths, venvs
from rekbridge.support.errors import OperatorError

EMULATOR_PORT = 4566
ENGINE_PORT = 4690
type CloudState = Literal["down", "starting", "ready", "stopping"]
# More than the shutdown timeouts of the supervisor and of the process group reaper together.
STOP_TIMEOUT_S = 40.0


class LocalCloud:
    """The emulator and the local Rekognition of one run folder, whether they run or not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._owner: int | None = None

    @classmethod
    def get_shared(cls) -> Self:
        """Return the local cloud that `rekbridge cloud up` starts."""
        return cls(paths.get_home() / "cloud")

    @classmethod
    @contextmanager
    def start_private(
        cls,
        folder: Path,
        latency_ms: int = 0,
        target: EmulatorTarget = EmulatorTarget.ministack,
        allowed_origins: Sequence[str] = (),
    ) -> Iterator[Self]:
        """Start a local cloud on free ports. It stops when the block ends, or when this process dies in any way."""
        cloud = cls(folder)
        cloud._start_on_free_ports(latency_ms, target, allowed_origins)
        try:
            yield cloud
        finally:
            cloud.stop()

    def start(self, settings: LocalCloudSettings, owner: int | None = None) -> CloudRecord:
        """Start the cloud and wait until it is healthy; a running one is left as it is.

        When `owner` is a process id, the cloud stops as soon as that process ends.
        Raises OperatorError when the cloud does not start.
        """
        EMULATORS[settings.emulator].ensure_installed(lambda _: None)
        venvs.ENGINE.ensure()
        self._owner = owner
        paths.make_private_folder(self.folder)
        with locks.hold(self.folder / "start.lock"):
            self._wait_while_changing()
            if self.state == "ready":
                self._check_same_settings(settings)
                return self.record
            launch.check_ports_free(settings)
            delete_record(self.folder)
            self._supervisor = launch.start_supervisor(settings, owner)
            return launch.wait_until_ready(settings, self._supervisor)

    def stop(self) -> None:
        """Stop every process of the cloud and wait until all have ended. Does nothing when none runs."""
        self._send_signal(signal.SIGTERM)
        if not locks.wait_until_free(self._lock, STOP_TIMEOUT_S):
            self._send_signal(signal.SIGKILL)
            locks.wait_until_free(self._lock, STOP_TIMEOUT_S)
        if self._supervisor is not None:
            self._supervisor.wait()

    def restart_empty(self) -> None:
        """Start a running cloud again, with the same settings and owner, without anything that was in it."""
        settings = LocalCloudSettings(self.folder, **self.record.settings)
        self.stop()
        state.discard(self.folder)
        self.start(settings, self._owner)

    @property
    def state(self) -> CloudState:
        """The current state.

        The lock decides whether anything runs: the system may have given the recorded process id to another process.
        """
        if locks.is_free(self._lock):
            return "down"
        record = CloudRecord.read(self.folder)
        if record is None:
            return "starting"
        if record.phase == "stopped" or not self._is_alive(record.supervisor):
            return "stopping"
        return record.phase

    @property
    def record(self) -> CloudRecord:
        """The running cloud's record. Raises OperatorError when the cloud is not ready."""
        record = CloudRecord.read(self.folder)
        if record is None or self.state != "ready":
            raise OperatorError("The local cloud is not running.", "Start it with: rekbridge cloud up")
        return record

    @property
    def target(self) -> EmulatorTarget:
        """The value of Terraform's variable `target` for this cloud."""
        return EMULATORS[self.record.settings["emulator"]].target

    @property
    def endpoint(self) -> str:
        """The emulator's URL."""
        return self.record.endpoint

    @property
    def engine_url(self) -> str:
        """The local Rekognition's URL."""
        return self.record.engine_url

    @property
    def control_url(self) -> str:
        """The URL of the local Rekognition's control API: it sets faults and lists the calls received."""
        return self.record.control_url

    @property
    def terraform_folder(self) -> Path:
        """The folder of the Terraform state that belongs to this cloud's state."""
        return self.folder / "terraform"

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a program (Terraform, the AWS CLI, boto3) uses this cloud as AWS."""
        record = self.record
        return CREDENTIALS | {"AWS_ENDPOINT_URL": record.endpoint, "AWS_ENDPOINT_URL_REKOGNITION": record.engine_url}

    def client(self, service: str, region: str) -> Any:
        """Create a boto3 client of this cloud."""
        import boto3  # takes half a second, which `cloud status` does not need

        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.engine_url if service == "rekognition" else self.endpoint,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    def _start_on_free_ports(self, latency_ms: int, target: EmulatorTarget, allowed_origins: Sequence[str]) -> None:
        for attempts_left in (2, 1, 0):
            emulator_port, engine_port = ports.find_free_pair()
            try:
                ports_and_latency = emulator_port, engine_port, latency_ms
                settings = build_settings(self.folder, target, *ports_and_latency, allowed_origins)
                self.start(settings, owner=os.getpid())
                return
            except OperatorError:
                # Another process may have taken a port. If both are still free, the failure has another cause.
                if not attempts_left or (ports.is_free(emulator_port) and ports.is_free(engine_port)):
                    raise

    def _check_same_settings(self, settings: LocalCloudSettings) -> None:
        missing = set(settings.allowed_origins) - set(self.record.settings.get("allowed_origins", []))
        if missing:
            raise OperatorError(
                f"The local cloud is already running, and does not accept the page {', '.join(sorted(missing))}.",
                "To start it again with all origins that you need: rekbridge cloud down, then your command again.",
            )
        if self.record.settings["emulator"] != settings.emulator:
            raise OperatorError(
                f"The local cloud is already running with another emulator: {self.target}.",
                "To change the emulator, stop the cloud first (this deletes what is in it): rekbridge cloud down",
            )

    @property
    def _lock(self) -> Path:
        return self.folder / "lock"

    def _wait_while_changing(self) -> None:
        """Wait while another process starts the cloud, or the last processes of a dying one are being stopped."""
        while self.state in {"starting", "stopping"}:
            time.sleep(0.1)

    def _send_signal(self, number: signal.Signals) -> None:
        pid = read_supervisor_pid(self.folder)
        # While the lock is held, the supervisor's process id belongs to no other process.
        if pid is not None and not locks.is_free(self._lock) and self._is_alive(pid):
            os.kill(pid, number)

    def _is_alive(self, supervisor: int) -> bool:
        if self._supervisor is not None and self._supervisor.pid == supervisor:
            return self._supervisor.poll() is None
        return Path(f"/proc/{supervisor}").exists()


def check_health(record: CloudRecord, folder: Path) -> dict[str, bool]:
    """Return for each server of a running cloud whether it is healthy."""
    return servers.check_health(LocalCloudSettings(folder, **record.settings), record.pids)
