"""How the two servers of a local cloud are started, and how one knows that they are well."""

import http.client
import json
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from rekbridge import paths, venvs

# What boto3 and Terraform need to sign with; the emulator looks at nothing of it.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a local cloud is started with."""

    folder: Path
    emulator_port: int
    engine_port: int
    latency_ms: int = 0

    @property
    def endpoint(self) -> str:
        """The emulator's address."""
        return f"http://127.0.0.1:{self.emulator_port}"

    @property
    def engine(self) -> str:
        """The local Rekognition's address."""
        return f"http://127.0.0.1:{self.engine_port}"


def commands(plan: Plan) -> dict[str, list[str]]:
    """The command line of each server."""
    engine = ["-m", "engine", "--host", "127.0.0.1", "--port", str(plan.engine_port), "--s3-endpoint", plan.endpoint]
    return {
        "emulator": [str(venvs.EMULATOR.python), "-m", "ministack"],
        "engine": [str(venvs.ENGINE.python), *engine, "--control", "--latency-ms", str(plan.latency_ms)],
    }


def environment(plan: Plan) -> dict[str, str]:
    """The servers' whole environment: functions inherit the emulator's, so nothing of the caller's may be in it."""
    temporary, state = plan.folder / "tmp", plan.folder / "state"
    return CREDENTIALS | {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(temporary),
        "TMPDIR": str(temporary),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_REKOGNITION": plan.engine,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(plan.emulator_port),
        "LAMBDA_EXECUTOR": "local",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state / "services"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        # Listeners on fixed ports that nobody here asks for, and that a second cloud would find taken.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        # Where there is a Docker daemon the emulator would clear away containers that it takes for its own.
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",
    }


def working_folders(plan: Plan) -> dict[str, Path]:
    """Where each server runs: the engine is a package of the checkout."""
    return {"emulator": plan.folder, "engine": paths.ROOT}


def health(plan: Plan) -> dict[str, bool]:
    """Whether each server answers as itself."""
    emulator = _get(f"{plan.endpoint}/_ministack/ready")
    return {
        "emulator": emulator is not None and "status" in emulator,
        "engine": _get(f"{plan.engine}/health") is not None,
    }


# Never through a proxy of the operator's.
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _get(url: str) -> dict[str, object] | None:
    try:
        with _DIRECTLY.open(url, timeout=2) as answer:
            found = json.load(answer) if answer.status == HTTPStatus.OK else None
    except (OSError, http.client.HTTPException, ValueError):
        # Not listening yet, not answering, or not one of ours.
        return None
    return found if isinstance(found, dict) else None
