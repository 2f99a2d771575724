"""The files of the trained models: where they are, and whether they are those that were shipped."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "models"


class DamagedModelError(Exception):
    """A model file is missing or has other bytes than it was shipped with."""


def check_files(folder: Path = FOLDER) -> None:
    """Compare every file with checksums.txt (45 MB in all). Raises DamagedModelError, which names the file."""
    try:
        checksums = (folder / "checksums.txt").read_text(encoding="ascii")
    except OSError as error:
        raise DamagedModelError(f"{folder / 'checksums.txt'} is missing: install rekbridge-engine again") from error
    for name, expected in _parse_checksums(checksums):
        _check_file(folder / name, expected)


def _check_file(file: Path, expected: str) -> None:
    try:
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise DamagedModelError(f"{file} is missing: install rekbridge-engine again") from error
    if digest != expected:
        raise DamagedModelError(f"{file} is damaged (its SHA-256 is not {expected}): install rekbridge-engine again")


def _parse_checksums(text: str) -> Iterator[tuple[str, str]]:
    """Name and digest of each file, as sha256sum writes them."""
    for line in text.splitlines():
        digest, name = line.split()
        yield name, digest
