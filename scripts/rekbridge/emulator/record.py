"""cloud.json: the record of a local cloud in its run folder. It stays there after the cloud has stopped."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from rekbridge.emulator.settings import LocalCloudSettings
from rekbridge.support.errors import OperatorError

type CloudPhase = Literal["starting", "ready", "stopped"]
FILE = "cloud.json"


@dataclass(slots=True)
class CloudRecord:
    """Addresses, processes and phase of one local cloud. Only its supervisor writes it."""

    endpoint: str
    engine_url: str
    control_url: str
    ports: dict[str, int]
    # Process id. Every version has this key: any version can stop a cloud that another version started.
    supervisor: int
    # All settings except the folder.
    settings: dict[str, Any]
    pids: dict[str, int] = field(default_factory=dict)
    phase: CloudPhase = "starting"
    # Whether the previous emulator's state was lost. The Terraform state was deleted then.
    state_lost: bool = False
    # Why the cloud stopped by itself; empty when the stop was requested.
    end_reason: str = ""

    def write(self, folder: Path) -> None:
        """Replace cloud.json atomically, so that no reader gets half of it."""
        new = folder / f"{FILE}.new"
        new.write_text(json.dumps(asdict(self), indent=2) + "\n")
        new.replace(folder / FILE)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Return the record of the folder's last supervisor; None if there was none.

        Raises OperatorError when another version wrote it.
        """
        content = _read_json(folder)
        if content is None:
            return None
        try:
            record = cls(**content)
            LocalCloudSettings(folder, **record.settings)
        except TypeError as error:
            raise OperatorError(
                f"The local cloud in {folder} was started by another version of Rekbridge.",
                "Stop it (every version can) and start a new one: rekbridge cloud down, then: rekbridge cloud up",
            ) from error
        return record


def read_supervisor_pid(folder: Path) -> int | None:
    """Return the process id of the folder's last supervisor, of any version; None if there was none."""
    content = _read_json(folder)
    return None if content is None else int(content["supervisor"])


def delete_record(folder: Path) -> None:
    """Delete the record that a dead supervisor left."""
    (folder / FILE).unlink(missing_ok=True)


def _read_json(folder: Path) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return None
    return content
