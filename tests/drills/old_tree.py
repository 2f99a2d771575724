"""Two versions of Rekbridge side by side: this checkout, and another revision of it. Each runs its own command."""

import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from rekbridge.support import paths
from rekbridge.support.errors import OperatorError

COMMAND = "from rekbridge.cli import app; app()"
# What both versions need and neither changes; the first run of `make setup` or `rekbridge demo` has made it.
SHARED_FOLDERS = ("venvs", "wheels", "terraform")


@dataclass(frozen=True, slots=True)
class Version:
    """A source tree of Rekbridge, and the folder that its commands write to."""

    root: Path
    home: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `rekbridge` from this tree, with this interpreter's libraries, and return what came of it."""
        environment = os.environ | {
            "REKBRIDGE_HOME": str(self.home),
            # Before the checkout, which the environment's own path file names.
            "PYTHONPATH": f"{self.root / 'scripts'}{os.pathsep}{self.root / 'handlers'}",
        }
        return subprocess.run(
            [sys.executable, "-c", COMMAND, *arguments],
            cwd=self.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def run_checked(self, *arguments: str) -> str:
        """Run a command that must succeed and return its output. Raises RuntimeError with the output if it fails."""
        process = self.run(*arguments)
        if process.returncode != 0:
            raise RuntimeError(f"rekbridge {' '.join(arguments)} in {self.root}:\n{process.stdout}{process.stderr}")
        return process.stdout


def export_revision(revision: str, into: Path) -> str:
    """Write the tree of a git revision into a folder and return its commit. Raises OperatorError if there is none."""
    commit = _run_git("rev-parse", "--verify", f"{revision}^{{commit}}")
    with tarfile.open(fileobj=BytesIO(_run_git("archive", commit.decode().strip()))) as archive:
        archive.extractall(into, filter="data")
    return commit.decode().strip()


def make_home(folder: Path) -> Path:
    """Make a folder for everything that both versions write, with the downloads of this checkout's own."""
    paths.make_private_folder(folder)
    for name in SHARED_FOLDERS:
        if (existing := paths.get_home() / name).exists():
            (folder / name).symlink_to(existing.resolve())
    return folder


def _run_git(*arguments: str) -> bytes:
    process = subprocess.run(["git", "-C", str(paths.ROOT), *arguments], capture_output=True, check=False)
    if process.returncode != 0:
        raise OperatorError(
            f"git {' '.join(arguments)}: {process.stderr.decode().strip()}",
            "Name a revision that this clone has: FROM=<tag, branch or commit>. A shallow clone has one only.",
        )
    return process.stdout
