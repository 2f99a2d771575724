"""MiniStack, the embedded emulator: a process of this machine whose state is kept between runs."""

from pathlib import Path

from rekbridge.emulator import probe
from rekbridge.emulator.settings import LOOPBACK, LocalCloudSettings
from rekbridge.support import paths, venvs

SERVER = Path(__file__).with_name("ministack_server.py")


def build_command(settings: LocalCloudSettings) -> list[str]:
    """Return the command line that runs MiniStack in the foreground until SIGTERM."""
    # -P: the server's folder, which has modules of common names, is not on the path.
    return [str(venvs.EMULATOR.python), "-P", str(SERVER), *settings.allowed_origins]


def build_environment(settings: LocalCloudSettings) -> dict[str, str]:
    """Return MiniStack's own variables, added to those of every server. Its functions inherit them."""
    state = settings.folder / "state"
    return {
        "AWS_ENDPOINT_URL_REKOGNITION": settings.engine_url,
        # For `rekbridge_engine.origin_guard`. The server removes it again, so that functions do not inherit it.
        "PYTHONPATH": str(paths.ENGINE_FOLDER),
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(settings.emulator_port),
        "LAMBDA_EXECUTOR": "local",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state / "services"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        # These listen on fixed ports: a second local cloud could not start. Nothing here uses them.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        # With access to a Docker daemon, MiniStack would remove containers that it believes to be its own.
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",
    }


def is_healthy(settings: LocalCloudSettings, _: int | None) -> bool:
    """Return whether MiniStack, and not another server, responds at the endpoint."""
    return "status" in (probe.fetch_json(f"{settings.endpoint}/_ministack/ready") or {})
