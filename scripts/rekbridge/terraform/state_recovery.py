"""Repairs a local state that a killed Terraform left empty or half-written."""

import json
import os
import shlex
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rekbridge.support.errors import OperatorError
from rekbridge.support.notify import Notify

LIST_BY_TAG = "aws resourcegroupstaggingapi get-resources --tag-filters Key=deployment,Values=<prefix>"
# Terraform's own two files, and ours: the newest complete state of the command that runs, or ran last.
STATE, BACKUP, COPY = "terraform.tfstate", "terraform.tfstate.backup", "terraform.tfstate.copy"
# The copy while Terraform has not written any. Serial numbers begin with 1.
NO_STATE = b'{"serial": 0}'


@dataclass
class StateCopies:
    """Keeps the newest complete state beside the one that Terraform writes, while a command runs in the folder."""

    folder: Path
    copied: tuple[int, int] | None = None

    def begin(self) -> None:
        """Copy the state as the command finds it, also that there is none: Terraform begins with an empty file."""
        if not (self.folder / STATE).exists():
            replace_privately(self.folder / COPY, NO_STATE)
        self.keep()

    def keep(self) -> None:
        """Copy the state if Terraform has written it since, and to its end. Call it as often as you like."""
        # No state yet, or a full disk: Terraform goes on, and says itself what it cannot write.
        with suppress(OSError):
            found = (self.folder / STATE).stat()
            if self.copied == (found.st_mtime_ns, found.st_size):
                return
            text = (self.folder / STATE).read_bytes()
            if parse_state(text) is not None:
                replace_privately(self.folder / COPY, text)
                self.copied = found.st_mtime_ns, found.st_size


def restore_truncated_state(folder: Path, notify: Notify) -> None:
    """Put the newest complete state in the place of a broken one: our copy, or Terraform's backup.

    Terraform 1.11 truncates the file and writes it anew after each resource. Killed in between (kill -9, no memory), it
    leaves an empty file, which the next command takes for "nothing exists" without an error. What was deleted since the
    copy does no harm: the next command refreshes the state. Call it only when no Terraform runs in the folder.

    Raises OperatorError if there is no complete copy: the state was broken by something else, or by another program.
    """
    state = folder / STATE
    if not state.exists() or parse_state(state.read_bytes()) is not None:
        return
    found = [(*rank, file) for file in (folder / COPY, folder / BACKUP) if (rank := rank_state(file))]
    # Half a state is of something: only an empty file can mean that nothing was there yet.
    if not any(serial or not state.stat().st_size for serial, *_ in found):
        raise OperatorError(
            f"{state} is empty or broken, as a killed Terraform leaves it, and no complete {COPY} or {BACKUP} is "
            "beside it. So nothing is known of what was created. Nothing was changed.",
            f"List what was created, in both regions, and delete it by hand: {LIST_BY_TAG}\n"
            f"Then remove the state, and run the command again: rm {shlex.quote(str(state))}\n"
            "On an emulator, start it again, empty, instead of deleting by hand.",
        )
    serial, _, newest = max(found)
    if serial:
        replace_privately(state, newest.read_bytes())
    else:
        state.unlink()
    notify(
        f"The last Terraform was killed while it wrote {state}. The newest complete state is used: "
        f"{newest if serial else 'none, for it had just begun'}. What was created after it is in no state: if a name "
        "is taken, the next command says so."
    )


def rank_state(file: Path) -> tuple[int, int] | None:
    """Return what orders states: Terraform's serial number, and the time of the file; None unless it is complete."""
    state = parse_state(file.read_bytes()) if file.exists() else None
    return None if state is None else (int(state.get("serial", 0)), file.stat().st_mtime_ns)


def parse_state(text: bytes) -> dict[str, Any] | None:
    """Return a state that was written to its end; None if not. One without resources is complete, an empty file not."""
    try:
        state = json.loads(text)
    except ValueError:
        return None
    return state if isinstance(state, dict) else None


def replace_privately(file: Path, text: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = file.with_name(f"{file.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        output.write(text)
    draft.replace(file)
