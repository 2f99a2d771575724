"""The official LocalStack image. Tests cover only its command line: no Docker engine was available to run it."""

import os
import subprocess
from collections.abc import Sequence

from rekbridge.emulator.localstack.settings import SETTINGS
from rekbridge.emulator.settings import CONTAINER_HOST
from rekbridge.support.errors import OperatorError
from rekbridge.support.notify import Notify

# The last version that starts without an account token.
IMAGE = "localstack/localstack:4.14.0"


def build_command(name: str, port: int, engine_port: int, allowed_origins: Sequence[str] = ()) -> list[str]:
    """Return the command line that runs the image in the foreground until SIGTERM.

    The local Rekognition must listen on the bridge network's gateway: containers cannot reach 127.0.0.1.
    Foreign web pages are refused by LocalStack itself, as far as it can. It checks no host name, accepts its own web
    site, and accepts a page that sends no Origin and no Referer.
    """
    flags = f"--add-host {CONTAINER_HOST}:host-gateway -e AWS_ENDPOINT_URL_REKOGNITION=http://{CONTAINER_HOST}:{engine_port}"
    settings = SETTINGS | {
        # The same port inside and outside: it is part of functions' AWS_ENDPOINT_URL and of queue URLs.
        "GATEWAY_LISTEN": f"0.0.0.0:{port}",
        "LAMBDA_DOCKER_FLAGS": flags,
        # LocalStack leaves both services to buckets and APIs, and so to every page.
        "DISABLE_CUSTOM_CORS_S3": "1",
        "DISABLE_CUSTOM_CORS_APIGATEWAY": "1",
        "EXTRA_CORS_ALLOWED_ORIGINS": ",".join(allowed_origins),
    }
    published = ["--publish", f"127.0.0.1:{port}:{port}", "--volume", "/var/run/docker.sock:/var/run/docker.sock"]
    variables = [part for key, value in settings.items() for part in ("--env", f"{key}={value}")]
    return ["docker", "run", "--rm", "--name", name, *published, *variables, IMAGE]


def ensure_image(notify: Notify) -> None:
    """Pull the image unless it is there. Raises OperatorError."""
    if subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, check=False).returncode != 0:
        notify(f"Pulling {IMAGE} (once)")
        _run(["docker", "pull", "--quiet", IMAGE])


def build_environment() -> dict[str, str]:
    """Return the operator's environment: the `docker` command needs it to find the engine. The container gets none."""
    return dict(os.environ)


def find_gateway_address() -> str:
    """Return the bridge network's gateway: the address at which a container reaches this machine.

    Raises OperatorError.
    """
    return _run(build_gateway_command()).strip()


def build_gateway_command() -> list[str]:
    """Return the command line that prints the bridge network's gateway address."""
    return ["docker", "network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}"]


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OperatorError(
            f"LocalStack's image cannot be run: `{' '.join(command)}` failed:\n{done.stderr.strip()}",
            "Repair Docker, or set LOCALSTACK_ENDPOINT to the URL of a LocalStack that runs already.",
        )
    return done.stdout
