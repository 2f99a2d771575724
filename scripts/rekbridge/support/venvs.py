"""Virtual environments of programs whose dependencies conflict with ours: MiniStack, the local Rekognition, checkov."""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rekbridge.support import locks, paths, pip_errors
from rekbridge.support.notify import Notify


@dataclass(frozen=True, slots=True)
class Venv:
    """One environment. Its folder is named after the digest of its pins, so other pins get another folder."""

    name: str
    pins: Path

    @property
    def folder(self) -> Path:
        """The folder, whether it exists or not."""
        digest = hashlib.sha256(self.pins.read_bytes()).hexdigest()[:12]
        return paths.get_home() / "venvs" / f"{self.name}-{digest}"

    @property
    def python(self) -> Path:
        """The interpreter. It exists once `ensure` has returned."""
        return self.folder / "bin" / "python"

    def ensure(self, notify: Notify = lambda _: None) -> Path:
        """Create the environment if it does not exist yet, and return its interpreter. Safe for several processes."""
        complete = self.folder / "complete"
        if complete.exists():
            return self.python
        with locks.hold(self.folder.with_suffix(".lock")):
            if not complete.exists():
                notify(f"Installing the {self.name} environment (once)")
                # A venv cannot be moved: its scripts contain its path. So the file `complete` marks a finished one.
                shutil.rmtree(self.folder, ignore_errors=True)
                _run([sys.executable, "-m", "venv", "--without-pip", str(self.folder)], self.name)
                pip = [sys.executable, "-m", "pip", "--python", str(self.python), "install", "--quiet", "--no-input"]
                _run([*pip, "--require-hashes", "-r", str(self.pins)], self.name)
                complete.touch()
        return self.python


def _run(command: list[str], name: str) -> None:
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode != 0:
        raise pip_errors.to_operator_error(f"The {name} environment", process.stderr)


ENGINE = Venv("engine", paths.ENGINE_FOLDER / "requirements.txt")
EMULATOR = Venv("ministack", paths.PINS_FOLDER / "ministack.txt")
CHECKOV = Venv("checkov", paths.PINS_FOLDER / "checkov.txt")
