"""LocalStack 4.14.0 from PyPI, as a process of this machine: without Docker, without an account token.

It saves no state, so its Terraform state is deleted at the next start.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from rekbridge.emulator import ports, probe
from rekbridge.emulator.localstack import parts
from rekbridge.emulator.localstack.settings import SETTINGS


def build_command() -> list[str]:
    """Return the command line that runs LocalStack in the foreground until SIGTERM."""
    return [str(parts.LOCALSTACK.python), "-m", "localstack.runtime.main"]


def build_environment(folder: Path, port: int, engine_url: str, allowed_origins: Sequence[str] = ()) -> dict[str, str]:
    """Return LocalStack's whole environment. It writes only below the folder's `tmp`."""
    temporary = folder / "tmp"
    return SETTINGS | {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(temporary),
        "TMPDIR": str(temporary),
        # LocalStack's root folder; without it, LocalStack writes into its own package.
        "FILESYSTEM_ROOT": str(temporary / "localstack"),
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        # Our plugin reads it, too, and refuses all other pages.
        "EXTRA_CORS_ALLOWED_ORIGINS": ",".join(allowed_origins),
        "DNS_ADDRESS": "0",
        # LocalStack must not use a Docker engine that happens to be there.
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",
        "LAMBDA_RUNTIME_EXECUTOR": "process",
        "LAMBDA_PROCESS_PYTHON": str(parts.RUNTIME.python),
        "LAMBDA_PROCESS_EXTRA_ENV": json.dumps({"AWS_ENDPOINT_URL_REKOGNITION": engine_url}),
        "DYNAMODB_LOCAL_JAR_DIR": str(parts.get_jar_folder()),
        "JAVA_HOME": str(parts.find_java_home()),
    }


def is_healthy(port: int, pid: int) -> bool:
    """Return whether LocalStack responds and is the process with this id.

    The id matters: a LocalStack whose port is taken by another process logs "Ready." all the same.
    """
    if fetch_version(f"http://127.0.0.1:{port}") != parts.VERSION:
        return False
    listener = ports.find_listener(port)
    return listener is not None and listener.pid == pid


def fetch_version(endpoint: str) -> str | None:
    """Return the version of the LocalStack at this URL; None when none responds."""
    version = (probe.fetch_json(f"{endpoint}/_localstack/health") or {}).get("version")
    return None if version is None else str(version)
