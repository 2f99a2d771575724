"""cloud.json: what a running local cloud tells about itself, and what a dead one left behind."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

Phase = Literal["starting", "ready", "ended"]


@dataclass(slots=True)
class Record:
    """Addresses, processes and phase of one local cloud; written by its supervisor only."""

    endpoint: str
    engine: str
    control: str
    ports: dict[str, int]
    supervisor: int
    # All of its plan but the folder.
    plan: dict[str, Any]
    pids: dict[str, int] = field(default_factory=dict)
    phase: Phase = "starting"
    # Whether the last emulator's state was lost, and with it the Terraform state.
    lost: bool = False
    # Why it ended, in words; empty when somebody asked for it.
    why: str = ""

    def write(self, folder: Path) -> None:
        """Replace cloud.json in one step, so that a reader never sees half of it."""
        new = folder / "cloud.json.new"
        new.write_text(json.dumps(asdict(self), indent=2) + "\n")
        new.replace(folder / "cloud.json")

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """What the folder's last supervisor wrote; None when there never was one."""
        try:
            return cls(**json.loads((folder / "cloud.json").read_text()))
        except FileNotFoundError:
            return None
