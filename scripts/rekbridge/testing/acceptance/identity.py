"""Which deployment a trial is: a prefix of its own, which is remembered until the trial is removed."""

import json
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from rekbridge.support import paths
from rekbridge.support.errors import OperatorError

FILE = "trial.json"
# This process holds it, see rekbridge.deploy.deployment.
LOCK = "deploy.lock"
# modules/rekbridge accepts 20 characters.
MAX_PREFIX_LENGTH = 20
CLEAN = "Remove it: rekbridge accept --clean, with the same --target and --tfvars."


@dataclass(frozen=True, slots=True)
class TrialIdentity:
    """The prefix of every name, the account, and the regions where the trial's resources are."""

    prefix: str
    account_id: str
    home: str
    remote: str

    @classmethod
    def create(cls, prefix: str, account_id: str, home: str, remote: str) -> Self:
        """Create an identity with a new prefix, which begins as the operator's own does."""
        ending = f"-acc-{secrets.token_hex(3)}"
        start = prefix[: MAX_PREFIX_LENGTH - len(ending)].rstrip("-")
        return cls(f"{start}{ending}", account_id, home, remote)

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Return the identity of the trial in this folder; None if there is none."""
        file = folder / FILE
        return cls(**json.loads(file.read_text())) if file.exists() else None

    def remember(self, folder: Path) -> None:
        """Write the identity, before anything is created in its name."""
        paths.make_private_folder(folder)
        (folder / FILE).write_text(json.dumps(asdict(self), indent=2) + "\n")

    def forget(self, folder: Path) -> None:
        """Delete everything in the trial's folder but its lock, after everything in its name is removed."""
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != LOCK:
                path.unlink()


def choose_identity(folder: Path, new: TrialIdentity, clean: bool) -> TrialIdentity:
    """Return the identity to use: the remembered one for `clean`, else the new one.

    Raises OperatorError if there is no trial to clean, or if one is in the way, or if it is another account's.
    """
    remembered = TrialIdentity.load(folder)
    if not clean:
        if remembered:
            raise OperatorError(f"An earlier trial, {remembered.prefix}, was not removed.", CLEAN)
        return new
    if remembered is None:
        raise OperatorError("There is no trial to remove.", "Start one: rekbridge accept --help")
    if remembered.account_id != new.account_id:
        raise OperatorError(
            f"The trial {remembered.prefix} is in another account than your credentials.",
            f"Sign in to the account {remembered.account_id}, then run the command again.",
        )
    return remembered
