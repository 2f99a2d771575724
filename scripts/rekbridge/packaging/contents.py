"""Collects the files of one Lambda's zip: path in the zip -> bytes."""

import tempfile
from pathlib import Path, PurePosixPath

from rekbridge.packaging import certificates, compiling, dependency_closure, models
from rekbridge.packaging.dependency_closure import DependencyClosure
from rekbridge.packaging.wheels import Wheels

CERTIFICATES = "botocore/cacert.pem"


def find_imported_distributions(closure: DependencyClosure, wheels: Wheels) -> set[str]:
    """Return the distributions that our modules import."""
    return {wheels.find_distribution(package) for package in closure.packages}


def collect_files(root: Path, closure: DependencyClosure, wheels: Wheels) -> dict[str, bytes]:
    """Return our modules with their data and compiled files, and the needed files of third-party packages."""
    contents: dict[str, bytes] = {}
    modules = {module.relative_to(root).as_posix(): module for module in closure.modules}
    with tempfile.TemporaryDirectory() as folder:
        compiling.compile_all(root, modules, Path(folder))
        for file, module in modules.items():
            compiled = compiling.get_compiled_path(file)
            contents |= {file: module.read_bytes(), compiled: Path(folder, compiled).read_bytes()}
            contents |= {
                data.relative_to(root).as_posix(): data.read_bytes()
                for data in dependency_closure.find_data_files(module)
            }
    third_party = {
        file: path
        for name in wheels.resolve_requirements(find_imported_distributions(closure, wheels))
        for file, path in wheels.list_files(name).items()
    }
    data = {file: path for file, path in third_party.items() if PurePosixPath(file).parts[:2] == models.DATA}
    contents |= {file: path.read_bytes() for file, path in third_party.items() if file not in data}
    if CERTIFICATES in contents:
        contents[CERTIFICATES] = certificates.select_amazon_roots(contents[CERTIFICATES].decode()).encode()
    return contents | (models.trim_data(data, closure) if data else {})
