"""Packages: one reproducible zip for each Lambda, made again only when something that goes into it changed."""

import hashlib
import json
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from rekbridge.packaging import archive, contents, reach
from rekbridge.packaging.reach import Reach, Sources
from rekbridge.packaging.wheels import MACHINES, Wheels
from rekbridge.support import locks, paths
from rekbridge.support.errors import OperatorError

# AWS: what may be uploaded directly, and what a function may weigh unpacked.
LARGEST_ZIP = 50 * 1000 * 1000
LARGEST_UNZIPPED = 250 * 1000 * 1000


@dataclass(frozen=True, slots=True)
class Package:
    """One Lambda's zip; `inputs` is the digest of all that it was made from."""

    name: str
    inputs: str
    sha256: str
    zip_bytes: int
    unzipped_bytes: int


def host_architecture() -> str:
    """This machine's, as Lambda calls it: the local cloud runs the functions on it."""
    return next((ours for ours, theirs in MACHINES.items() if platform.machine() in {ours, theirs}), "x86_64")


def folder(architecture: str) -> Path:
    """Where the packages of an architecture lie, and Terraform finds them."""
    return paths.home() / "packages" / architecture


def build(architecture: str, into: Path, root: Path = paths.LAMBDA_PACKAGE.parent) -> dict[Package, bool]:
    """Bring every Lambda's zip up to date; tells for each package whether it was made anew."""
    entries = sorted(path.stem for path in (root / "rekbridge_lambda" / "entrypoints").glob("[!_]*.py"))
    wheels = Wheels(architecture, root / "rekbridge_lambda" / "requirements.txt")
    wheels.ensure()
    into.mkdir(parents=True, exist_ok=True)
    with locks.held(into / "lock"):
        old = built(into)
        sources, packages = Sources(root), {}
        for entry in entries:
            reached = sources.reach(entry)
            inputs = _digest(root, reached, wheels)
            known = old.get(entry)
            if known is not None and known.inputs == inputs and _sha256(into / f"{entry}.zip") == known.sha256:
                packages[known] = False
            else:
                packages[_make(entry, inputs, into, contents.gather(root, reached, wheels))] = True
        _forget(into, set(old) - set(entries))
        (into / "packages.json").write_text(json.dumps([asdict(package) for package in packages], indent=2) + "\n")
    return packages


def built(into: Path) -> dict[str, Package]:
    """What lies there, by name; nothing where the list is not there, is another version's, or was cut short."""
    try:
        return {row["name"]: Package(**row) for row in json.loads((into / "packages.json").read_text())}
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return {}


def _make(name: str, inputs: str, into: Path, files: dict[str, bytes]) -> Package:
    path = into / f"{name}.zip"
    archive.write(path, files)
    package = Package(name, inputs, _sha256(path), path.stat().st_size, sum(map(len, files.values())))
    if package.zip_bytes > LARGEST_ZIP or package.unzipped_bytes > LARGEST_UNZIPPED:
        raise OperatorError(
            f"{name}.zip is too large for Lambda: {package.zip_bytes:,} bytes, {package.unzipped_bytes:,} unpacked.",
            f"Lambda takes {LARGEST_ZIP:,} and {LARGEST_UNZIPPED:,}: import less in entrypoints/{name}.py.",
        )
    return package


def _digest(root: Path, reached: Reach, wheels: Wheels) -> str:
    ours = sorted({path for module in reached.modules for path in (module, *reach.data_beside(module))})
    makers = sorted(Path(__file__).parent.glob("*.py"))
    told = [sys.version, wheels.folder.name, *sorted(reached.packages), *sorted(reached.services)]
    told += [f"{path.relative_to(root)} {_sha256(path)}" for path in ours] + [_sha256(path) for path in makers]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _forget(into: Path, names: set[str]) -> None:
    for name in names:
        (into / f"{name}.zip").unlink(missing_ok=True)
