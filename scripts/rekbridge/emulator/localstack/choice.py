"""Which LocalStack is used, chosen by what is there."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Literal
from urllib.parse import urlsplit

Way = Literal["given", "docker", "host"]


def given_endpoint(environment: Mapping[str, str] = os.environ) -> str | None:
    """A LocalStack that runs already, of any version, with an account token or without: LOCALSTACK_ENDPOINT."""
    return environment.get("LOCALSTACK_ENDPOINT") or None


def engine_address(port: int, environment: Mapping[str, str] = os.environ) -> tuple[str, int]:
    """Where the functions of a LocalStack that is given look for Rekognition: LOCALSTACK_ENGINE, or this port here.

    Those in containers reach this machine by the address of their network's gateway, not by 127.0.0.1.
    """
    told = urlsplit(environment.get("LOCALSTACK_ENGINE", ""))
    return told.hostname or "127.0.0.1", told.port or port


def docker_answers() -> bool:
    """Whether there is a Docker engine, not only its command."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    asked = [docker, "version", "--format", "{{.Server.Version}}"]
    return subprocess.run(asked, capture_output=True, check=False, timeout=20).returncode == 0


def way(environment: Mapping[str, str] = os.environ, docker: Callable[[], bool] = docker_answers) -> Way:
    """One that is given comes first, then Docker, then the one without."""
    if given_endpoint(environment):
        return "given"
    return "docker" if docker() else "host"
