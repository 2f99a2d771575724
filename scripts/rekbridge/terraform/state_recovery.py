"""Repairs a local state that a killed Terraform left empty or half-written."""

import json
import shlex
import shutil
from pathlib import Path

from rekbridge.support.errors import OperatorError
from rekbridge.support.notify import Notify

LIST_BY_TAG = "aws resourcegroupstaggingapi get-resources --tag-filters Key=deployment,Values=<prefix>"
STATE, BACKUP = "terraform.tfstate", "terraform.tfstate.backup"


def restore_truncated_state(folder: Path, notify: Notify) -> None:
    """Put Terraform's backup, the state before the command that was killed, in the place of a broken state.

    Terraform 1.11 truncates the file and writes it anew after each resource. Killed in between (kill -9, no memory), it
    leaves an empty file, which the next command takes for "nothing exists" without an error. What was deleted since the
    backup does no harm: the next command refreshes the state. Call it only when no Terraform runs in the folder.

    Raises OperatorError if there is no complete backup: a first apply has none.
    """
    state, backup = folder / STATE, folder / BACKUP
    if not state.exists() or is_complete(state):
        return
    if not is_complete(backup):
        raise OperatorError(
            f"{state} is empty or broken, as a killed Terraform leaves it, and no complete {BACKUP} is beside it. So "
            "nothing is known of what was created. Nothing was changed.",
            f"List what was created, in both regions, and delete it by hand: {LIST_BY_TAG}\n"
            f"Then remove the state, and run the command again: rm {shlex.quote(str(state))}\n"
            "On an emulator, start it again, empty, instead of deleting by hand.",
        )
    draft = folder / "restored.tfstate"
    shutil.copyfile(backup, draft)
    draft.replace(state)
    notify(f"The last Terraform was killed while it wrote {state}. The state before it is used: {backup}.")


def is_complete(file: Path) -> bool:
    """Return whether a state was written to its end: one without resources is complete, an empty file is not."""
    try:
        return isinstance(json.loads(file.read_text()), dict)
    except (OSError, ValueError):
        return False
