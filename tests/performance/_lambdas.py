"""A Lambda outside of Lambda: its zip unpacked, and a bare interpreter that invokes it."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.performance._https import Server

INVOKED = Path(__file__).with_name("_invoked.py")
CERTIFICATES = Path("botocore", "cacert.pem")


def unpacked(folder: Path, aws: Server) -> Path:
    """A zip as it lies in /var/task."""
    with zipfile.ZipFile(folder.with_suffix(".zip")) as archive:
        archive.extractall(folder)
    trust(folder, aws)
    return folder


def trust(folder: Path, aws: Server) -> None:
    """Let botocore's own certificates be followed by this benchmark's."""
    with (folder / CERTIFICATES).open("ab") as certificates:
        certificates.write(aws.root)


def invoked(
    folder: Path,
    module: str,
    events: list[dict[str, Any]],
    environment: Mapping[str, str],
    aws: Server,
    under: list[str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Events done by a handler, without site-packages and anything of this process's; under a counter, if any."""
    # A virtual environment's interpreter is a link to it.
    bare = str(Path(sys.executable).resolve())
    done = subprocess.run(
        [*(under or []), bare, "-S", "-P", str(INVOKED), str(folder), module, str(aws.port)],
        input=json.dumps(events),
        env={**environment, "PATH": os.environ["PATH"], "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{module} failed:\n{done.stdout}{done.stderr}")
    return done
