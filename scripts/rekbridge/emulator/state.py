"""Whether the emulator's state and the Terraform state still belong together.

The emulator writes its state only when it ends in order. So the supervisor leaves a mark after an orderly end and
takes it away at the next start. No mark, no trust: both states go, and the next apply starts from nothing.
"""

import shutil
from pathlib import Path


def reopen(folder: Path, emulator: str | None) -> bool:
    """Before the emulator starts: keep what belongs together, else clear it; True when a Terraform state went.

    `emulator` names the state that it can go on with; None: it begins with nothing.
    """
    mark = folder / "state" / "complete"
    terraform_state = folder / "terraform" / "terraform.tfstate"
    # Another version of the emulator may refuse its predecessor's files.
    if mark.exists() and mark.read_text() == emulator:
        mark.unlink()
        return False
    lost = terraform_state.exists()
    shutil.rmtree(folder / "state", ignore_errors=True)
    for path in terraform_state.parent.glob("*terraform.tfstate*"):
        path.unlink()
    return lost


def complete(folder: Path, emulator: str) -> None:
    """After the emulator's orderly end: its state is whole and belongs to the Terraform state beside it."""
    (folder / "state").mkdir(parents=True, exist_ok=True)
    (folder / "state" / "complete").write_text(emulator)
