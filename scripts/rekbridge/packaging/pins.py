"""Writes the hashes of pinned requirements: those of PyPI's files that pip may take here or for Lambda.

A file of pins has one `name==version` a line. pip refuses every file whose hash is not listed below its pin.
"""

import json
import re
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from packaging import tags
from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from rekbridge.support import paths
from rekbridge.support.errors import OperatorError
from rekbridge.support.json_types import JsonObject

# PyPI itself, whatever index pip uses here: a mirror must have the same bytes.
INDEX = "https://pypi.org/simple/{name}/"
JSON_FORM = "application/vnd.pypi.simple.v1+json"
TIMEOUT_S = 60
PIN = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[\w.!+-]+)(?: \\)?")
HASH = re.compile(r"\s+--hash=\S+(?: \\)?")
PYTHON = (3, 13)
MACHINES = ("x86_64", "aarch64")
# Lambda's python3.13 has glibc 2.34. Operators' machines may have any that a wheel is made for.
LAMBDA_GLIBC, ANY_GLIBC = 34, 60
type ListFiles = Callable[[str], list[JsonObject]]


@dataclass(frozen=True, slots=True)
class PinFile:
    """A file of pins. For Lambda, every pin needs a wheel for both machines, and a source archive is never taken."""

    path: Path
    is_for_lambda: bool = False


def list_pin_files(root: Path = paths.ROOT) -> list[PinFile]:
    """Return every file of pins of a checkout."""
    localstack = root / "scripts" / "localstack"
    operators = [root / "constraints.txt", root / "engine" / "requirements.txt"]
    operators += [localstack / "requirements.txt", localstack / "runtime-requirements.txt"]
    operators += sorted((root / "scripts" / "rekbridge" / "support" / "pins").glob("*.txt"))
    return [PinFile(root / "handlers" / "rekbridge_lambda" / "requirements.txt", True), *map(PinFile, operators)]


def read_pins(text: str) -> dict[str, str]:
    """Return the version of every pinned package by its name as written. Raises OperatorError for any other line."""
    pins: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#") or HASH.fullmatch(line):
            continue
        match = PIN.fullmatch(line)
        if match is None:
            raise OperatorError(f"{line!r} is not a pin.", "Write it as name==version.")
        pins[match["name"]] = match["version"]
    return pins


def write_hashes(text: str, hashes: dict[str, list[str]]) -> str:
    """Return a file of pins with these hashes (hexadecimal SHA-256, by name) below each pin. Comments stay."""
    lines: list[str] = []
    for line in text.splitlines():
        if match := PIN.fullmatch(line):
            listed = [f"    --hash=sha256:{digest}" for digest in hashes[match["name"]]]
            lines.append(" \\\n".join([f"{match['name']}=={match['version']}", *listed]))
        elif not HASH.fullmatch(line):
            lines.append(line)
    return "\n".join(lines) + "\n"


def select_hashes(name: str, version: str, files: Iterable[JsonObject], is_for_lambda: bool) -> list[str]:
    """Return the sorted SHA-256 of a version's files that pip may take: wheels, else the source archive.

    `files` is PyPI's list. Raises OperatorError if there is none, or for Lambda none for one of its machines.
    """
    files = list(files)
    wheels = [(tagged, file["hashes"]["sha256"]) for file in files if (tagged := _find_tags(file["filename"], version))]
    sources = [file["hashes"]["sha256"] for file in files if _is_source_of(file["filename"], name, version)]
    chosen = set[str]()
    for machine in MACHINES:
        supported = _list_tags(machine, LAMBDA_GLIBC if is_for_lambda else ANY_GLIBC)
        fitting = {digest for tagged, digest in wheels if not supported.isdisjoint(tagged)}
        if not fitting and is_for_lambda:
            raise OperatorError(
                f"PyPI has no wheel of {name} {version} for Lambda's Python 3.13 on {machine}.", "Pin another version."
            )
        chosen.update(fitting or sources)
    if not chosen:
        raise OperatorError(f"PyPI has no file of {name} {version} for Python 3.13 on Linux.", "Pin another version.")
    return sorted(chosen)


def update_pin_files(files: Iterable[PinFile], list_files: ListFiles) -> list[Path]:
    """Write the hashes of all pins. Returns the files that have changed."""
    texts = {file: file.path.read_text() for file in files}
    names = sorted({name for text in texts.values() for name in read_pins(text)})
    with ThreadPoolExecutor(8) as pool:
        listed = dict(zip(names, pool.map(list_files, names), strict=True))
    changed: list[Path] = []
    for file, text in texts.items():
        pins = read_pins(text).items()
        hashes = {name: select_hashes(name, one, listed[name], file.is_for_lambda) for name, one in pins}
        if (written := write_hashes(text, hashes)) != text:
            file.path.write_text(written)
            changed.append(file.path)
    return changed


def list_pypi_files(name: str) -> list[JsonObject]:
    """Return PyPI's files of a package in every version (PEP 691). Raises OSError."""
    url = INDEX.format(name=canonicalize_name(name))
    request = urllib.request.Request(url, headers={"Accept": JSON_FORM})
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
        files: list[JsonObject] = json.load(response)["files"]
    return files


def _find_tags(filename: str, version: str) -> frozenset[Tag]:
    """Return what a wheel of this version runs on. Nothing for other files, and for names of before PEP 427."""
    try:
        _, found, _, tagged = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        return frozenset()
    return tagged if found == Version(version) else frozenset()


def _is_source_of(filename: str, name: str, version: str) -> bool:
    stem = filename.removesuffix(".tar.gz").removesuffix(".zip")
    package, _, text = stem.rpartition("-")
    return canonicalize_name(package) == canonicalize_name(name) and stem != filename and text == version


@cache
def _list_tags(machine: str, glibc: int) -> frozenset[Tag]:
    newest_first = [f"manylinux_2_{minor}_{machine}" for minor in range(glibc, 4, -1)]
    platforms = [*newest_first, *(f"manylinux{year}_{machine}" for year in ("2014", "2010", "1"))]
    python = f"cp{PYTHON[0]}{PYTHON[1]}"
    return frozenset(
        chain(tags.cpython_tags(PYTHON, [python], platforms), tags.compatible_tags(PYTHON, python, platforms))
    )
