"""The official LocalStack image. Only its command line is tested: no Docker engine was at hand to run it."""

import os
import subprocess
from collections.abc import Callable

from rekbridge.emulator.localstack.settings import SETTINGS
from rekbridge.support.errors import OperatorError

# The last one that starts without an account token.
IMAGE = "localstack/localstack:4.14.0"
# How a container names the machine that it runs on; the image's Lambdas are containers of their own.
MACHINE = "host.docker.internal"


def command(name: str, port: int, engine_port: int) -> list[str]:
    """The command line that runs it in the foreground until SIGTERM.

    The local Rekognition must listen where containers reach it: the bridge network's gateway, not 127.0.0.1.
    """
    flags = f"--add-host {MACHINE}:host-gateway -e AWS_ENDPOINT_URL_REKOGNITION=http://{MACHINE}:{engine_port}"
    settings = SETTINGS | {
        # The same port inside and outside: functions get it in their AWS_ENDPOINT_URL, queues in their URLs.
        "GATEWAY_LISTEN": f"0.0.0.0:{port}",
        "LAMBDA_DOCKER_FLAGS": flags,
    }
    published = ["--publish", f"127.0.0.1:{port}:{port}", "--volume", "/var/run/docker.sock:/var/run/docker.sock"]
    variables = [part for key, value in settings.items() for part in ("--env", f"{key}={value}")]
    return ["docker", "run", "--rm", "--name", name, *published, *variables, IMAGE]


def ensure(say: Callable[[str], None]) -> None:
    """Take the image, unless it is there. Raises OperatorError."""
    if subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, check=False).returncode != 0:
        say(f"Taking {IMAGE} (once)")
        _run(["docker", "pull", "--quiet", IMAGE])


def environment() -> dict[str, str]:
    """The command's is the operator's: it says where the engine is. The container gets nothing of it."""
    return dict(os.environ)


def gateway() -> str:
    """The bridge network's gateway: where a container reaches this machine. Raises OperatorError."""
    return _run(gateway_command()).strip()


def gateway_command() -> list[str]:
    """The command line that tells the bridge network's gateway address."""
    return ["docker", "network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}"]


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OperatorError(
            f"LocalStack's image cannot be run, for `{' '.join(command)}` failed:\n{done.stderr.strip()}",
            "Mend Docker, or name a LocalStack that runs already by LOCALSTACK_ENDPOINT.",
        )
    return done.stdout
