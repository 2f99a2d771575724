"""cloud.json: what a running local cloud tells about itself, and what a dead one left behind."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from rekbridge.emulator.settings import Plan
from rekbridge.support.errors import OperatorError

Phase = Literal["starting", "ready", "ended"]
FILE = "cloud.json"


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
        new = folder / f"{FILE}.new"
        new.write_text(json.dumps(asdict(self), indent=2) + "\n")
        new.replace(folder / FILE)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """What the folder's last supervisor wrote; None when there never was one.

        Raises OperatorError when that one was of another version.
        """
        told = _told(folder)
        if told is None:
            return None
        try:
            record = cls(**told)
            Plan(folder, **record.plan)
        except TypeError as other:
            raise OperatorError(
                f"The local cloud in {folder} was started by another version of Rekbridge.",
                "End it, which every version can, and begin another: rekbridge cloud down, then: rekbridge cloud up",
            ) from other
        return record


def supervisor(folder: Path) -> int | None:
    """The process id of the folder's last supervisor, of whichever version; None when there never was one."""
    told = _told(folder)
    return None if told is None else int(told["supervisor"])


def forget(folder: Path) -> None:
    """Take away what a dead supervisor wrote."""
    (folder / FILE).unlink(missing_ok=True)


def _told(folder: Path) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return None
    return told
