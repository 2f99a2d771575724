"""Whether the emulator's state and the Terraform state still match.

The emulator saves its state only when it shuts down cleanly. So the supervisor writes a marker file after a clean
shutdown and deletes it at the next start. Without the marker both states are deleted, and the next apply starts empty.
"""

import shutil
from pathlib import Path

# In the folder of the Terraform state while an apply runs. It stays when the apply is killed: the emulator then has
# resources that the Terraform state does not know, and the next apply would fail, because they exist.
APPLYING = "applying"


def prepare_state(folder: Path, state_id: str | None) -> bool:
    """Keep both states if they match, else delete both. Call it before the emulator starts.

    `state_id` identifies the emulator's state format; None: the emulator always starts empty.
    Returns True when a Terraform state was deleted.
    """
    marker = folder / "state" / "complete"
    terraform_state = folder / "terraform" / "terraform.tfstate"
    # Another version of the emulator may not read the files of its predecessor.
    if marker.exists() and marker.read_text() == state_id:
        marker.unlink()
        return False
    lost = terraform_state.exists()
    shutil.rmtree(folder / "state", ignore_errors=True)
    for path in (*terraform_state.parent.glob("*terraform.tfstate*"), terraform_state.parent / APPLYING):
        path.unlink(missing_ok=True)
    return lost


def discard(folder: Path) -> None:
    """Make the next start delete both states. Call it when the cloud is down."""
    (folder / "state" / "complete").unlink(missing_ok=True)


def mark_complete(folder: Path, state_id: str) -> None:
    """Record that the emulator's state is complete and matches the Terraform state. Call it after a clean shutdown."""
    (folder / "state").mkdir(parents=True, exist_ok=True)
    (folder / "state" / "complete").write_text(state_id)
