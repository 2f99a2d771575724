"""How the servers of a local cloud are started, and how one knows that they are well."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from rekbridge.emulator import probe
from rekbridge.emulator.emulators import EMULATORS
from rekbridge.emulator.settings import Plan
from rekbridge.support import paths, venvs

# What boto3 and Terraform need to sign with; the emulator looks at nothing of it.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def commands(plan: Plan) -> dict[str, list[str]]:
    """The command line of each server; an emulator that was there before us is not started."""
    told = ["--host", plan.engine_host, "--port", str(plan.engine_port), "--s3-endpoint", plan.endpoint]
    engine = [
        str(venvs.ENGINE.python),
        "-m",
        "engine",
        *told,
        "--catalog",
        str(paths.TABLES),
        "--control",
        "--latency-ms",
        str(plan.latency_ms),
    ]
    return {"engine": engine} if plan.given else {"emulator": EMULATORS[plan.emulator].command(plan), "engine": engine}


def environments(plan: Plan) -> dict[str, dict[str, str]]:
    """Each server's whole environment: functions inherit the emulator's, so nothing of the caller's may be in it."""
    temporary = str(plan.folder / "tmp")
    every = CREDENTIALS | {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": temporary,
        "TMPDIR": temporary,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return {"emulator": every | EMULATORS[plan.emulator].environment(plan), "engine": every}


def working_folders(plan: Plan) -> dict[str, Path]:
    """Where each server runs: the engine is a package of the checkout."""
    return {"emulator": plan.folder, "engine": paths.ROOT}


def health(plan: Plan, pids: Mapping[str, int]) -> dict[str, bool]:
    """Whether each server answers as itself."""
    return {
        "emulator": EMULATORS[plan.emulator].healthy(plan, pids.get("emulator")),
        "engine": probe.answer(f"{plan.engine}/health") is not None,
    }


def failure(plan: Plan) -> str | None:
    """Why the engine will never answer, in its own words; None while it may."""
    told = probe.answer(f"{plan.engine}/health", HTTPStatus.SERVICE_UNAVAILABLE) or {}
    return str(told["why"]) if "why" in told else None
