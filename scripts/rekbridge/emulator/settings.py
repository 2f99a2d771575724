"""The settings a local cloud is started with."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
# The name of this machine inside a container.
CONTAINER_HOST = "host.docker.internal"


@dataclass(frozen=True, slots=True)
class LocalCloudSettings:
    """The run folder, the addresses of the servers, and which of `emulators.EMULATORS` is used."""

    folder: Path
    emulator_port: int
    engine_port: int
    latency_ms: int = 0
    emulator: str = "ministack"
    # The address of an emulator that the user runs; empty: we start one.
    external_endpoint: str = ""
    # Not the loopback address only when functions run in containers, which cannot reach it.
    engine_host: str = LOOPBACK
    # The origins of web pages that may use the emulator, such as http://127.0.0.1:5173. All others are refused.
    allowed_origins: list[str] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        """The emulator's URL."""
        return self.external_endpoint or f"http://{LOOPBACK}:{self.emulator_port}"

    @property
    def engine_url(self) -> str:
        """The local Rekognition's URL."""
        return f"http://{self.engine_host}:{self.engine_port}"

    def to_dict(self) -> dict[str, Any]:
        """Return all settings as JSON values, except the folder: the JSON file lies in it."""
        return {name: value for name, value in asdict(self).items() if name != "folder"}
