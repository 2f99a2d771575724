"""A Lambda outside of AWS: its zip unpacked, and a bare interpreter that runs its handler."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.performance._aws_over_tls import TlsAwsServer

RUNTIME = Path(__file__).with_name("_lambda_runtime.py")
CERTIFICATES = Path("botocore", "cacert.pem")


def unpack_zip(package: Path, folder: Path, aws: TlsAwsServer) -> Path:
    """Unpack a zip as in /var/task, and trust the benchmark's server. Returns the folder."""
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    trust_server(folder, aws)
    return folder


def trust_server(folder: Path, aws: TlsAwsServer) -> None:
    """Append the root certificate of the benchmark's server to botocore's own."""
    with (folder / CERTIFICATES).open("ab") as certificates:
        certificates.write(aws.root_certificate)


def run_handler(
    folder: Path,
    module: str,
    events: list[dict[str, Any]],
    environment: Mapping[str, str],
    aws: TlsAwsServer,
    counter: list[str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Process events in a new interpreter without site-packages and without this process's environment.

    `counter` is the command that counts, before the interpreter's. Exits with the handler's output if it fails.
    """
    # The interpreter of a virtual environment is a link to the bare one.
    interpreter = str(Path(sys.executable).resolve())
    process = subprocess.run(
        [*(counter or []), interpreter, "-S", "-P", str(RUNTIME), str(folder), module, str(aws.port)],
        input=json.dumps(events),
        env={**environment, "PATH": os.environ["PATH"], "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode != 0:
        sys.exit(f"{module} failed:\n{process.stdout}{process.stderr}")
    return process
