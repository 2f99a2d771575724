"""A local cloud as seen from outside: start it, find it, end it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self

from rekbridge.emulator import launch, ports, servers
from rekbridge.emulator.emulators import EMULATORS, Target, planned
from rekbridge.emulator.record import Record, forget, supervisor
from rekbridge.emulator.servers import CREDENTIALS
from rekbridge.emulator.settings import Plan
from rekbridge.support import locks, paths, venvs
from rekbridge.support.errors import OperatorError

EMULATOR_PORT = 4566
ENGINE_PORT = 4690
State = Literal["down", "starting", "ready", "ending"]
# The supervisor's grace, then the guard's, and some air.
END_PATIENCE_S = 40.0


class LocalCloud:
    """The emulator and the local Rekognition of one run folder, whether they run or not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._supervisor: subprocess.Popen[bytes] | None = None

    @classmethod
    def shared(cls) -> Self:
        """The one that `rekbridge cloud up` starts, for people."""
        return cls(paths.home() / "cloud")

    @classmethod
    @contextmanager
    def private(cls, folder: Path, latency_ms: int = 0, target: Target = Target.ministack) -> Iterator[Self]:
        """One of your own on free ports; ends with the block, or with this process however that dies."""
        cloud = cls(folder)
        cloud._start_on_free_ports(latency_ms, target)
        try:
            yield cloud
        finally:
            cloud.stop()

    def start(self, plan: Plan, owner: int | None = None) -> Record:
        """Start and wait for health; one that runs is left as it is. Raises OperatorError when it does not come up."""
        EMULATORS[plan.emulator].ensure(lambda _: None)
        venvs.ENGINE.ensure()
        with locks.held(self.folder / "start.lock"):
            self._settle()
            if self.state == "ready":
                self._refuse_other(plan)
                return self.record
            launch.refuse_taken(plan)
            forget(self.folder)
            self._supervisor = launch.start(plan, owner)
            return launch.wait_ready(plan, self._supervisor)

    def stop(self) -> None:
        """End every process of it and wait until all are gone; does nothing when none runs."""
        self._signal(signal.SIGTERM)
        if not locks.wait_free(self._lock, END_PATIENCE_S):
            self._signal(signal.SIGKILL)
            locks.wait_free(self._lock, END_PATIENCE_S)
        if self._supervisor is not None:
            self._supervisor.wait()

    @property
    def state(self) -> State:
        """What can be said of it now. The lock tells whether anything lives: a process id may be another's by now."""
        if locks.is_free(self._lock):
            return "down"
        record = Record.read(self.folder)
        if record is None:
            return "starting"
        if record.phase == "ended" or not self._lives(record.supervisor):
            return "ending"
        return record.phase

    @property
    def record(self) -> Record:
        """What the running cloud tells about itself. Raises OperatorError when it is not up."""
        record = Record.read(self.folder)
        if record is None or self.state != "ready":
            raise OperatorError("The local cloud is not up.", "Start it with: rekbridge cloud up")
        return record

    @property
    def target(self) -> Target:
        """What answers as AWS, as Terraform names it."""
        return EMULATORS[self.record.plan["emulator"]].target

    @property
    def endpoint(self) -> str:
        """The emulator's address."""
        return self.record.endpoint

    @property
    def engine_url(self) -> str:
        """The local Rekognition's address."""
        return self.record.engine

    @property
    def control_url(self) -> str:
        """Where the local Rekognition takes faults and tells its calls."""
        return self.record.control

    @property
    def terraform_folder(self) -> Path:
        """Where the Terraform state lives that belongs to this cloud's state."""
        return self.folder / "terraform"

    @property
    def environment(self) -> dict[str, str]:
        """What a program (Terraform, the AWS CLI, boto3) needs in its environment to talk to this cloud."""
        record = self.record
        return CREDENTIALS | {"AWS_ENDPOINT_URL": record.endpoint, "AWS_ENDPOINT_URL_REKOGNITION": record.engine}

    def client(self, service: str, region: str) -> Any:
        """A boto3 client of this cloud."""
        import boto3  # half a second that `cloud status` need not pay

        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.engine_url if service == "rekognition" else self.endpoint,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    def _start_on_free_ports(self, latency_ms: int, target: Target) -> None:
        for attempts_left in (2, 1, 0):
            emulator, engine = ports.free_pair()
            try:
                self.start(planned(self.folder, target, emulator, engine, latency_ms), owner=os.getpid())
                return
            except OperatorError:
                # Somebody was quicker to take a port; with both still free it is our own failure.
                if not attempts_left or (ports.is_free(emulator) and ports.is_free(engine)):
                    raise

    def _refuse_other(self, plan: Plan) -> None:
        if self.record.plan["emulator"] != plan.emulator:
            raise OperatorError(
                f"The local cloud is up, and is {self.target}.",
                "To have another, end it first, and lose what is in it: rekbridge cloud down",
            )

    @property
    def _lock(self) -> Path:
        return self.folder / "lock"

    def _settle(self) -> None:
        """Wait while somebody else's is still starting, or a dying one's last processes are being ended."""
        while self.state in {"starting", "ending"}:
            time.sleep(0.1)

    def _signal(self, number: signal.Signals) -> None:
        pid = supervisor(self.folder)
        # While the lock is held its supervisor's id is nobody else's.
        if pid is not None and not locks.is_free(self._lock) and self._lives(pid):
            os.kill(pid, number)

    def _lives(self, supervisor: int) -> bool:
        if self._supervisor is not None and self._supervisor.pid == supervisor:
            return self._supervisor.poll() is None
        return Path(f"/proc/{supervisor}").exists()


def health(record: Record, folder: Path) -> dict[str, bool]:
    """Whether each server of a running cloud answers as itself."""
    return servers.health(Plan(folder, **record.plan), record.pids)
