"""Downloads, unpacks and compiles the third-party packages of the Lambdas for one architecture."""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from rekbridge.packaging import compiling
from rekbridge.support import locks, paths, pip_errors
from rekbridge.support.errors import OperatorError
from rekbridge.support.json_types import JsonObject

MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
# Lambda's python3.13 has glibc 2.34. With only an old tag, pip would silently choose an older release.
PLATFORMS = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_17", "manylinux2014")
# Files of pip that differ from one installation to the next.
INSTALL_METADATA = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}
# The list of the wheels that were unpacked.
ARCHIVES = "archives.json"


@dataclass(frozen=True)
class Wheels:
    """All pinned packages for one architecture. The folder is named after the digest of its inputs."""

    architecture: str
    pins: Path

    @property
    def folder(self) -> Path:
        """The folder that they are unpacked into."""
        inputs = b"".join(Path(file).read_bytes() for file in (self.pins, __file__, compiling.__file__))
        digest = hashlib.sha256(inputs + sys.version.encode()).hexdigest()[:12]
        return paths.get_home() / "wheels" / f"{self.architecture}-{digest}"

    def ensure(self) -> None:
        """Download and unpack the packages once.

        Raises OperatorError if a pin has no wheel for the architecture, or a wheel is not the pinned one.
        """
        complete = self.folder / "complete"
        if complete.exists():
            return
        with locks.hold(self.folder.with_suffix(".lock")):
            if not complete.exists():
                shutil.rmtree(self.folder, ignore_errors=True)
                self._install()
                complete.touch()

    @cached_property
    def distributions(self) -> dict[str, metadata.Distribution]:
        """The installed distributions by canonical name."""
        installed = metadata.distributions(path=[str(self.folder)])
        return {canonicalize_name(distribution.name): distribution for distribution in installed}

    @cached_property
    def archives(self) -> dict[str, tuple[str, str]]:
        """The file name and SHA-256 of every distribution's wheel."""
        archives = json.loads((self.folder / ARCHIVES).read_text())
        return {name: (filename, digest) for name, (filename, digest) in archives.items()}

    def find_distribution(self, package: str) -> str:
        """Return the distribution that provides an importable name. Raises OperatorError if none is pinned."""
        for name, distribution in self.distributions.items():
            if any(file.parts[0] in {package, f"{package}.py"} for file in distribution.files or []):
                return name
        raise OperatorError(
            f"A Lambda imports {package}, which no pinned package provides.",
            f"Pin its distribution in {self.pins}.",
        )

    def resolve_requirements(self, names: set[str]) -> set[str]:
        """Return the distributions and everything they require. Raises OperatorError if one is not pinned."""
        resolved: set[str] = set()
        pending = set(names)
        while pending:
            name = pending.pop()
            if name not in self.distributions:
                raise OperatorError(
                    f"The Lambdas' packages require {name}, which is not pinned.", f"Pin it in {self.pins}."
                )
            resolved.add(name)
            pending |= self.list_requirements(name) - resolved
        return resolved

    def list_files(self, name: str) -> dict[str, Path]:
        """Return a distribution's files by path in the zip, compiled code included."""
        files: dict[str, Path] = {}
        for file in self.distributions[name].files or []:
            path = self.folder / file
            if (
                file.parts[0] in {"..", "bin"}
                or file.name in INSTALL_METADATA
                or file.suffix == ".pyi"
                or not path.is_file()
            ):
                continue
            files[file.as_posix()] = path
            if file.suffix == ".py":
                compiled = compiling.get_compiled_path(file.as_posix())
                files[compiled] = self.folder / compiled
        return files

    def list_requirements(self, name: str) -> set[str]:
        """Return the distributions that one requires in Lambda."""
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
        with tempfile.TemporaryDirectory() as temporary:
            report = Path(temporary, "report.json")
            checked = ["--require-hashes", f"--report={report}", "-r", str(self.pins)]
            process = subprocess.run([*pip, *target, *platforms, *checked], capture_output=True, text=True, check=False)
            if process.returncode != 0:
                raise pip_errors.to_operator_error(
                    f"The Lambdas' packages for {self.architecture}", process.stderr or process.stdout
                )
            archives = _read_archives(json.loads(report.read_text()))
        (self.folder / ARCHIVES).write_text(json.dumps(archives, indent=2, sort_keys=True))
        sources = [source.relative_to(self.folder).as_posix() for source in self.folder.rglob("*.py")]
        compiling.compile_all(self.folder, sources, self.folder)


def _read_archives(report: JsonObject) -> dict[str, list[str]]:
    """Return the name and SHA-256 of every downloaded wheel, by distribution, from pip's report of an installation."""
    return {
        canonicalize_name(one["metadata"]["name"]): [
            unquote(PurePosixPath(urlsplit(one["download_info"]["url"]).path).name),
            one["download_info"]["archive_info"]["hashes"]["sha256"],
        ]
        for one in report["install"]
    }
