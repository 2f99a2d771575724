"""Virtual environments for the programs that cannot share ours: the emulator, the local Rekognition, checkov."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rekbridge.support import locks, paths
from rekbridge.support.errors import OperatorError


@dataclass(frozen=True, slots=True)
class Venv:
    """One environment, named after the digest of its pins: other pins, another folder."""

    name: str
    pins: Path

    @property
    def folder(self) -> Path:
        """Where it lies, made or not."""
        digest = hashlib.sha256(self.pins.read_bytes()).hexdigest()[:12]
        return paths.home() / "venvs" / f"{self.name}-{digest}"

    @property
    def python(self) -> Path:
        """Its interpreter, once `ensure` has made it."""
        return self.folder / "bin" / "python"

    def ensure(self, say: Callable[[str], None] = lambda _: None) -> Path:
        """Its interpreter; made when it is not there yet, by one process at a time."""
        complete = self.folder / "complete"
        if complete.exists():
            return self.python
        with locks.held(self.folder.with_suffix(".lock")):
            if not complete.exists():
                say(f"Installing the {self.name} environment (once)")
                # A venv cannot be moved (its scripts hold its path), so an unfinished one is known by its missing mark.
                shutil.rmtree(self.folder, ignore_errors=True)
                _run([sys.executable, "-m", "venv", "--without-pip", str(self.folder)], self.name)
                pip = [sys.executable, "-m", "pip", "--python", str(self.python), "install", "--quiet"]
                _run([*pip, "--no-input", "-r", str(self.pins)], self.name)
                complete.touch()
        return self.python


def _run(command: list[str], name: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OperatorError(
            f"The {name} environment could not be installed:\n{done.stderr.strip()}",
            "Check the network and the index that pip is set to (`pip config list`), then again.",
        )


ENGINE = Venv("engine", paths.ROOT / "engine" / "requirements.txt")
EMULATOR = Venv("ministack", paths.PINS / "ministack.txt")
CHECKOV = Venv("checkov", paths.PINS / "checkov.txt")
