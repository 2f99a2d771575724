"""LocalStack 4.14.0 from PyPI, as a process of this machine: without Docker, without an account token.

It keeps nothing between two runs: its Terraform state has to go with it.
"""

import json
from pathlib import Path

from rekbridge.emulator import ports, probe
from rekbridge.emulator.localstack import parts
from rekbridge.emulator.localstack.settings import SETTINGS


def command() -> list[str]:
    """The command line that runs it in the foreground until SIGTERM."""
    return [str(parts.LOCALSTACK.python), "-m", "localstack.runtime.main"]


def environment(folder: Path, port: int, engine: str) -> dict[str, str]:
    """Its whole environment; all that it writes goes below the folder's `tmp`."""
    temporary = folder / "tmp"
    return SETTINGS | {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(temporary),
        "TMPDIR": str(temporary),
        # Its "/": without it, it writes into its own package.
        "FILESYSTEM_ROOT": str(temporary / "localstack"),
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "DNS_ADDRESS": "0",
        # Where there is a Docker engine, this one is not to touch it.
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",
        "LAMBDA_RUNTIME_EXECUTOR": "process",
        "LAMBDA_PROCESS_PYTHON": str(parts.RUNTIME.python),
        "LAMBDA_PROCESS_EXTRA_ENV": json.dumps({"AWS_ENDPOINT_URL_REKOGNITION": engine}),
        "DYNAMODB_LOCAL_JAR_DIR": str(parts.jar_folder()),
        "JAVA_HOME": str(parts.java_home()),
    }


def healthy(port: int, pid: int) -> bool:
    """Whether it answers and is the process that we started: on a taken port LocalStack says "Ready." all the same."""
    if version(f"http://127.0.0.1:{port}") != parts.VERSION:
        return False
    holder = ports.holder(port)
    return holder is not None and holder.pid == pid


def version(endpoint: str) -> str | None:
    """Which LocalStack answers; None when none does."""
    found = (probe.answer(f"{endpoint}/_localstack/health") or {}).get("version")
    return None if found is None else str(found)
