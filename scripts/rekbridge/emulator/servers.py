"""How to start the servers of a local cloud and how to check their health."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from rekbridge.emulator import probe
from rekbridge.emulator.emulators import EMULATORS
from rekbridge.emulator.settings import CONTAINER_HOST, LOOPBACK, LocalCloudSettings
from rekbridge.support import paths, venvs

# boto3 and Terraform need credentials to sign with. The emulator does not check them.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def build_commands(settings: LocalCloudSettings) -> dict[str, list[str]]:
    """Return the command line of each server to start. An external emulator is not started."""
    engine = [
        str(venvs.ENGINE.python),
        "-m",
        "rekbridge_engine",
        "--host",
        settings.engine_host,
        "--port",
        str(settings.engine_port),
        "--s3-endpoint",
        settings.endpoint,
        "--catalog",
        str(paths.TABLES_FOLDER),
        "--control",
        "--latency-ms",
        str(settings.latency_ms),
    ]
    if settings.engine_host != LOOPBACK:
        engine += ["--allow-host", CONTAINER_HOST]
    if settings.external_endpoint:
        return {"engine": engine}
    return {"emulator": EMULATORS[settings.emulator].build_command(settings), "engine": engine}


def build_environments(settings: LocalCloudSettings) -> dict[str, dict[str, str]]:
    """Return each server's whole environment.

    Functions inherit the emulator's environment, so it contains nothing of the caller's environment.
    """
    temporary = str(settings.folder / "tmp")
    common = CREDENTIALS | {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": temporary,
        "TMPDIR": temporary,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return {"emulator": common | EMULATORS[settings.emulator].build_environment(settings), "engine": common}


def get_working_folders(settings: LocalCloudSettings) -> dict[str, Path]:
    """Return each server's working directory. The engine is not installed: it starts beside its package."""
    return {"emulator": settings.folder, "engine": paths.ENGINE_FOLDER}


def check_health(settings: LocalCloudSettings, pids: Mapping[str, int]) -> dict[str, bool]:
    """Return for each server whether it responds, and is the expected server."""
    return {
        "emulator": EMULATORS[settings.emulator].is_healthy(settings, pids.get("emulator")),
        "engine": probe.fetch_json(f"{settings.engine_url}/health") is not None,
    }


def fetch_engine_failure(settings: LocalCloudSettings) -> str | None:
    """Return why the engine can never become healthy, as the engine reports it; None while it still may."""
    health = probe.fetch_json(f"{settings.engine_url}/health", HTTPStatus.SERVICE_UNAVAILABLE) or {}
    return str(health["why"]) if "why" in health else None
