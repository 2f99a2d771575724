"""The third-party packages of the Lambdas, for their architecture: downloaded once, unpacked, compiled."""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from rekbridge.packaging import compiling
from rekbridge.support import locks, paths
from rekbridge.support.errors import OperatorError

MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
# Newest first: with an old tag alone pip quietly takes an older release. Lambda's python3.13 runs on glibc 2.34.
PLATFORMS = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_17", "manylinux2014")
# pip's own notes, differing from one install to the next.
NOTES = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


@dataclass(frozen=True)
class Wheels:
    """All pinned packages for one architecture, in a folder named after the digest of all that makes it."""

    architecture: str
    pins: Path

    @property
    def folder(self) -> Path:
        """Where they are unpacked."""
        makers = b"".join(Path(maker).read_bytes() for maker in (self.pins, __file__, compiling.__file__))
        digest = hashlib.sha256(makers + sys.version.encode()).hexdigest()[:12]
        return paths.home() / "wheels" / f"{self.architecture}-{digest}"

    def ensure(self) -> None:
        """Download and unpack, once. Raises OperatorError when a pin has no wheel for the architecture."""
        complete = self.folder / "complete"
        if complete.exists():
            return
        with locks.held(self.folder.with_suffix(".lock")):
            if not complete.exists():
                shutil.rmtree(self.folder, ignore_errors=True)
                self._install()
                complete.touch()

    @cached_property
    def distributions(self) -> dict[str, metadata.Distribution]:
        """What is installed, by canonical name."""
        found = metadata.distributions(path=[str(self.folder)])
        return {canonicalize_name(distribution.name): distribution for distribution in found}

    def providing(self, package: str) -> str:
        """The distribution that an importable name comes from. Raises OperatorError when none is pinned."""
        for name, distribution in self.distributions.items():
            if any(file.parts[0] in {package, f"{package}.py"} for file in distribution.files or []):
                return name
        raise OperatorError(
            f"A Lambda imports {package}, which none of the pinned packages has.",
            f"Pin its distribution in {self.pins}.",
        )

    def closure(self, names: set[str]) -> set[str]:
        """The distributions and all that they require. Raises OperatorError when one of those is not pinned."""
        reached: set[str] = set()
        waiting = set(names)
        while waiting:
            name = waiting.pop()
            if name not in self.distributions:
                raise OperatorError(
                    f"The Lambdas' packages require {name}, which is not pinned.", f"Pin it in {self.pins}."
                )
            reached.add(name)
            waiting |= self._required(name) - reached
        return reached

    def files(self, name: str) -> dict[str, Path]:
        """A distribution's files by their place in the zip, compiled code included."""
        found: dict[str, Path] = {}
        for file in self.distributions[name].files or []:
            path = self.folder / file
            if file.parts[0] in {"..", "bin"} or file.name in NOTES or file.suffix == ".pyi" or not path.is_file():
                continue
            found[file.as_posix()] = path
            if file.suffix == ".py":
                compiled = compiling.place(file.as_posix())
                found[compiled] = self.folder / compiled
        return found

    def _required(self, name: str) -> set[str]:
        target = {
            "extra": "",
            "sys_platform": "linux",
            "platform_machine": MACHINES[self.architecture],
            "python_version": "3.13",
            "python_full_version": "3.13.0",
        }
        requirements = map(Requirement, self.distributions[name].requires or [])
        return {canonicalize_name(one.name) for one in requirements if not one.marker or one.marker.evaluate(target)}

    def _install(self) -> None:
        platforms = [f"--platform={platform}_{MACHINES[self.architecture]}" for platform in PLATFORMS]
        target = ["--python-version=3.13", "--implementation=cp", "--only-binary=:all:", "--no-deps", "--no-compile"]
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", f"--target={self.folder}"]
        done = subprocess.run(
            [*pip, *target, *platforms, "-r", str(self.pins)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise OperatorError(
                f"The Lambdas' packages for {self.architecture} could not be downloaded:\n{done.stderr.strip()}",
                "Check the network and `pip config list`; a pin without a wheel for it needs another version.",
            )
        sources = [source.relative_to(self.folder).as_posix() for source in self.folder.rglob("*.py")]
        compiling.compile_all(self.folder, sources, self.folder)
