"""The AWS emulators that a local cloud can use."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from rekbridge.emulator import localstack, ministack
from rekbridge.emulator.localstack import docker, host, parts
from rekbridge.emulator.settings import LocalCloudSettings
from rekbridge.support import venvs
from rekbridge.support.notify import Notify


class EmulatorTarget(StrEnum):
    """The values of Terraform's variable `target` that mean an emulator."""

    ministack = "ministack"
    localstack = "localstack"


@dataclass(frozen=True, slots=True)
class Emulator:
    """How to install, start and check one emulator. `is_healthy` gets the process id; None: we did not start it."""

    target: EmulatorTarget
    ensure_installed: Callable[[Notify], object]
    build_command: Callable[[LocalCloudSettings], list[str]]
    build_environment: Callable[[LocalCloudSettings], dict[str, str]]
    is_healthy: Callable[[LocalCloudSettings, int | None], bool]
    # Identifies the format of the state that it saves for its next run.
    # None: it saves nothing, so the Terraform state must be deleted with it.
    state_id: str | None = None


EMULATORS = {
    "ministack": Emulator(
        EmulatorTarget.ministack,
        venvs.EMULATOR.ensure,
        ministack.build_command,
        ministack.build_environment,
        ministack.is_healthy,
        state_id=venvs.EMULATOR.folder.name,
    ),
    "localstack": Emulator(
        EmulatorTarget.localstack,
        parts.ensure_installed,
        lambda _: host.build_command(),
        lambda settings: host.build_environment(
            settings.folder, settings.emulator_port, settings.engine_url, settings.allowed_origins
        ),
        lambda settings, pid: pid is not None and host.is_healthy(settings.emulator_port, pid),
    ),
    "localstack-docker": Emulator(
        EmulatorTarget.localstack,
        docker.ensure_image,
        lambda settings: docker.build_command(
            f"rekbridge-{settings.emulator_port}",
            settings.emulator_port,
            settings.engine_port,
            settings.allowed_origins,
        ),
        lambda _: docker.build_environment(),
        lambda settings, _: host.fetch_version(settings.endpoint) == parts.VERSION,
    ),
    "localstack-external": Emulator(
        EmulatorTarget.localstack,
        lambda _: None,
        lambda _: [],
        lambda _: {},
        lambda settings, _: host.fetch_version(settings.endpoint) is not None,
    ),
}


def build_settings(
    folder: Path,
    target: EmulatorTarget,
    emulator_port: int,
    engine_port: int,
    latency_ms: int = 0,
    allowed_origins: Sequence[str] = (),
) -> LocalCloudSettings:
    """Return settings for the target. For LocalStack, use the variant that is available on this machine."""
    settings = LocalCloudSettings(
        folder, emulator_port, engine_port, latency_ms, allowed_origins=sorted(set(allowed_origins))
    )
    if target is EmulatorTarget.ministack:
        return settings
    match localstack.choose_runtime():
        case "external":
            engine_host, port = localstack.read_engine_address(engine_port)
            return replace(
                settings,
                emulator="localstack-external",
                external_endpoint=localstack.read_external_endpoint() or "",
                engine_host=engine_host,
                engine_port=port,
            )
        case "docker":
            return replace(settings, emulator="localstack-docker", engine_host=docker.find_gateway_address())
        case "host":
            return replace(settings, emulator="localstack")
