"""The emulators of AWS that a local cloud can be made of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from rekbridge.emulator import localstack, ministack
from rekbridge.emulator.localstack import docker, host, parts
from rekbridge.emulator.settings import Plan
from rekbridge.support import venvs

Say = Callable[[str], None]


class Target(StrEnum):
    """What answers, as Terraform's variable `target` names it."""

    ministack = "ministack"
    localstack = "localstack"


@dataclass(frozen=True, slots=True)
class Emulator:
    """How one is installed, run and known to be well; `healthy` gets its process id, if it is ours."""

    target: Target
    ensure: Callable[[Say], object]
    command: Callable[[Plan], list[str]]
    environment: Callable[[Plan], dict[str, str]]
    healthy: Callable[[Plan, int | None], bool]
    # The name of the state that it leaves for its next run; None: it keeps nothing, and Terraform's state goes too.
    keeps: str | None = None


EMULATORS = {
    "ministack": Emulator(
        Target.ministack,
        venvs.EMULATOR.ensure,
        ministack.command,
        ministack.environment,
        ministack.healthy,
        keeps=venvs.EMULATOR.folder.name,
    ),
    "localstack": Emulator(
        Target.localstack,
        parts.ensure,
        lambda _: host.command(),
        lambda plan: host.environment(plan.folder, plan.emulator_port, plan.engine),
        lambda plan, pid: pid is not None and host.healthy(plan.emulator_port, pid),
    ),
    "localstack-docker": Emulator(
        Target.localstack,
        docker.ensure,
        lambda plan: docker.command(f"rekbridge-{plan.emulator_port}", plan.emulator_port, plan.engine_port),
        lambda _: docker.environment(),
        lambda plan, _: host.version(plan.endpoint) == parts.VERSION,
    ),
    "localstack-given": Emulator(
        Target.localstack,
        lambda _: None,
        lambda _: [],
        lambda _: {},
        lambda plan, _: host.version(plan.endpoint) is not None,
    ),
}


def planned(folder: Path, target: Target, emulator_port: int, engine_port: int, latency_ms: int = 0) -> Plan:
    """A plan with the target's emulator; for LocalStack the one that is there."""
    plan = Plan(folder, emulator_port, engine_port, latency_ms)
    if target is Target.ministack:
        return plan
    match localstack.way():
        case "given":
            host, port = localstack.engine_address(engine_port)
            given = localstack.given_endpoint() or ""
            return replace(plan, emulator="localstack-given", given=given, engine_host=host, engine_port=port)
        case "docker":
            return replace(plan, emulator="localstack-docker", engine_host=docker.gateway())
        case "host":
            return replace(plan, emulator="localstack")
