"""Which LocalStack is used, chosen by what is there."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Literal

Way = Literal["given", "docker", "host"]


def given_endpoint(environment: Mapping[str, str] = os.environ) -> str | None:
    """A LocalStack that runs already, of any version, with an account token or without: LOCALSTACK_ENDPOINT."""
    return environment.get("LOCALSTACK_ENDPOINT") or None


def engine_host(environment: Mapping[str, str] = os.environ) -> str:
    """Where the local Rekognition listens for a LocalStack that is given: LOCALSTACK_ENGINE_HOST.

    One in a container reaches this machine by the address of its network's gateway, not by 127.0.0.1.
    """
    return environment.get("LOCALSTACK_ENGINE_HOST") or "127.0.0.1"


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
