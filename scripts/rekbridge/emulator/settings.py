"""What a local cloud is started with."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Plan:
    """Where its servers listen, and which of `emulators.EMULATORS` answers as AWS."""

    folder: Path
    emulator_port: int
    engine_port: int
    latency_ms: int = 0
    emulator: str = "ministack"
    # The address of an emulator that was there before us; empty: one is started.
    given: str = ""
    # Another than this machine's own address only for functions that run in containers.
    engine_host: str = LOOPBACK

    @property
    def endpoint(self) -> str:
        """The emulator's address."""
        return self.given or f"http://{LOOPBACK}:{self.emulator_port}"

    @property
    def engine(self) -> str:
        """The local Rekognition's address."""
        return f"http://{self.engine_host}:{self.engine_port}"

    def told(self) -> dict[str, Any]:
        """As JSON takes it; the folder is where that is written."""
        return {name: value for name, value in asdict(self).items() if name != "folder"}
