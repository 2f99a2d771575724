"""Chooses how LocalStack is run, by what is available on this machine."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Literal
from urllib.parse import urlsplit

type LocalStackRuntime = Literal["external", "docker", "host"]


def read_external_endpoint(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return LOCALSTACK_ENDPOINT: the URL of a LocalStack that runs already, of any version, with or without a token.

    None when the variable is unset or empty.
    """
    return environment.get("LOCALSTACK_ENDPOINT") or None


def read_engine_address(port: int, environment: Mapping[str, str] = os.environ) -> tuple[str, int]:
    """Return host and port of LOCALSTACK_ENGINE: where an external LocalStack's functions reach the local Rekognition.

    The default is this port on 127.0.0.1. Functions in containers cannot reach 127.0.0.1: they need the address of
    their network's gateway.
    """
    url = urlsplit(environment.get("LOCALSTACK_ENGINE", ""))
    return url.hostname or "127.0.0.1", url.port or port


def is_docker_available() -> bool:
    """Return whether a Docker engine responds. The `docker` command alone is not enough."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    command = [docker, "version", "--format", "{{.Server.Version}}"]
    return subprocess.run(command, capture_output=True, check=False, timeout=20).returncode == 0


def choose_runtime(
    environment: Mapping[str, str] = os.environ, has_docker: Callable[[], bool] = is_docker_available
) -> LocalStackRuntime:
    """Return the first that is available: an external LocalStack, Docker, a process of this machine."""
    if read_external_endpoint(environment):
        return "external"
    return "docker" if has_docker() else "host"
