"""MiniStack, the embedded emulator: as a process of this machine, with a state that outlives it."""

from rekbridge.emulator import probe
from rekbridge.emulator.settings import LOOPBACK, Plan
from rekbridge.support import venvs


def command(_: Plan) -> list[str]:
    """The command line that runs it in the foreground until SIGTERM."""
    return [str(venvs.EMULATOR.python), "-m", "ministack"]


def environment(plan: Plan) -> dict[str, str]:
    """What it needs besides what every server has; its functions inherit it."""
    state = plan.folder / "state"
    return {
        "AWS_ENDPOINT_URL_REKOGNITION": plan.engine,
        "BIND_HOST": LOOPBACK,
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


def healthy(plan: Plan, _: int | None) -> bool:
    """Whether it answers as itself."""
    return "status" in (probe.answer(f"{plan.endpoint}/_ministack/ready") or {})
