"""Builds the packages, one reproducible zip per Lambda, and its SBOM. Both are rebuilt only if an input has changed."""

import hashlib
import json
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from rekbridge.packaging import archive, contents, dependency_closure, licences, sbom
from rekbridge.packaging.dependency_closure import DependencyClosure, SourceTree
from rekbridge.packaging.sbom import ZipContents
from rekbridge.packaging.wheels import MACHINES, Wheels
from rekbridge.support import locks, paths
from rekbridge.support.errors import OperatorError

# Limits of AWS: for a direct upload, and for a function's unzipped code.
MAX_ZIP_BYTES = 50 * 1000 * 1000
MAX_UNZIPPED_BYTES = 250 * 1000 * 1000


@dataclass(frozen=True, slots=True)
class Package:
    """One Lambda's zip and SBOM. `inputs` is the digest of everything that they were built from."""

    name: str
    inputs: str
    sha256: str
    zip_bytes: int
    unzipped_bytes: int
    sbom_sha256: str


def get_host_architecture() -> str:
    """Return this machine's architecture by Lambda's name. The local cloud runs the functions on this machine."""
    return next((name for name, machine in MACHINES.items() if platform.machine() in {name, machine}), "x86_64")


def get_package_folder(architecture: str) -> Path:
    """Return the folder of an architecture's packages. Terraform reads them there."""
    return paths.get_home() / "packages" / architecture


def build_packages(architecture: str, into: Path, root: Path = paths.LAMBDA_PACKAGE.parent) -> dict[Package, bool]:
    """Bring every Lambda's zip and SBOM in `into` up to date. Returns for each package whether it was rebuilt."""
    entries = sorted(path.stem for path in (root / "rekbridge_lambda" / "entrypoints").glob("[!_]*.py"))
    wheels = Wheels(architecture, root / "rekbridge_lambda" / "requirements.txt")
    wheels.ensure()
    into.mkdir(parents=True, exist_ok=True)
    with locks.hold(into / "lock"):
        old = read_package_list(into)
        sources, packages = SourceTree(root), {}
        for entry in entries:
            closure = sources.compute_closure(entry)
            inputs = _compute_inputs_digest(root, closure, wheels)
            previous = old.get(entry)
            if previous is not None and previous.inputs == inputs and _is_intact(previous, into):
                packages[previous] = False
            else:
                files = contents.collect_files(root, closure, wheels)
                packages[_build_package(entry, inputs, into, files, closure, wheels)] = True
        _delete_stale(into, set(old) - set(entries))
        (into / "packages.json").write_text(json.dumps([asdict(package) for package in packages], indent=2) + "\n")
    return packages


def read_package_list(into: Path) -> dict[str, Package]:
    """Read the list of built packages by name. Empty if it does not exist, is truncated or has another form."""
    try:
        return {row["name"]: Package(**row) for row in json.loads((into / "packages.json").read_text())}
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return {}


def get_sbom_name(package: str) -> str:
    """Return the name of the SBOM beside a package's zip."""
    return f"{package}.cdx.json"


def _build_package(
    name: str, inputs: str, into: Path, files: dict[str, bytes], closure: DependencyClosure, wheels: Wheels
) -> Package:
    path = into / f"{name}.zip"
    archive.write_archive(path, files)
    imported = contents.find_imported_distributions(closure, wheels)
    distributions = wheels.resolve_requirements(imported)
    sha256 = _sha256(path)
    described = sbom.build_sbom(ZipContents(name, sha256, files, frozenset(imported), frozenset(distributions)), wheels)
    (into / get_sbom_name(name)).write_bytes(described)
    unzipped = sum(map(len, files.values()))
    package = Package(name, inputs, sha256, path.stat().st_size, unzipped, hashlib.sha256(described).hexdigest())
    if package.zip_bytes > MAX_ZIP_BYTES or package.unzipped_bytes > MAX_UNZIPPED_BYTES:
        raise OperatorError(
            f"{name}.zip is too large for Lambda: {package.zip_bytes:,} bytes, {package.unzipped_bytes:,} unpacked.",
            f"Lambda accepts {MAX_ZIP_BYTES:,} and {MAX_UNZIPPED_BYTES:,} bytes: import less in entrypoints/{name}.py.",
        )
    return package


def _compute_inputs_digest(root: Path, closure: DependencyClosure, wheels: Wheels) -> str:
    files = sorted(
        {path for module in closure.modules for path in (module, *dependency_closure.find_data_files(module))}
    )
    builders = [*sorted(Path(__file__).parent.glob("*.py")), licences.TABLE]
    inputs = [sbom.get_version(), sys.version, wheels.folder.name, *sorted(closure.packages), *sorted(closure.services)]
    inputs += [f"{path.relative_to(root)} {_sha256(path)}" for path in files] + [_sha256(path) for path in builders]
    return hashlib.sha256("\n".join(inputs).encode()).hexdigest()


def _is_intact(package: Package, into: Path) -> bool:
    built = (_sha256(into / f"{package.name}.zip"), _sha256(into / get_sbom_name(package.name)))
    return built == (package.sha256, package.sbom_sha256)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _delete_stale(into: Path, names: set[str]) -> None:
    for name in names:
        (into / f"{name}.zip").unlink(missing_ok=True)
        (into / get_sbom_name(name)).unlink(missing_ok=True)
