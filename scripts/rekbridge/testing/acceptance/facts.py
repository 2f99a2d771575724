"""What a trial's transcript says of the versions and the deployment, and the logs that explain a failure."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rekbridge.terraform import running
from rekbridge.testing.acceptance.transcript import TrialFacts
from rekbridge.testing.acceptance.trial import AcceptanceTrial

# The newest lines of each function's log.
MAX_LOG_LINES = 2000


def read_facts(trial: AcceptanceTrial) -> TrialFacts:
    """Read versions and regions. What was deployed is not known yet."""
    versions = json.loads(running.run(trial.terraform.root, ["version", "-json"], trial.terraform.environment))
    providers = [f"{name.rpartition('/')[2]} {number}" for name, number in versions["provider_selections"].items()]
    return TrialFacts(
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        rekbridge=version("rekbridge"),
        terraform=versions["terraform_version"],
        providers=providers,
        target=str(trial.terraform.variables["target"]),
        home=trial.identity.home,
        remote=trial.identity.remote,
        operations=[],
    )


def describe_operations(trial: AcceptanceTrial) -> list[str]:
    """Describe each deployed operation, its transfer and its regions."""
    return [
        f"{name}: {row['transfer']}, in {' or '.join(sorted(row['regions']))}" for name, row in trial.operations.items()
    ]


def save_logs(trial: AcceptanceTrial, file: Path) -> None:
    """Write the functions' logs into a file for the operator only: they are removed with the deployment."""
    file.touch(mode=0o600)
    with file.open("a") as log:
        for function in trial.deployment.outputs["functions"].values():
            log.writelines(
                f"{function} {line.rstrip()}\n" for line in list(_read_log(trial, function))[-MAX_LOG_LINES:]
            )


def _read_log(trial: AcceptanceTrial, function: str) -> Iterator[str]:
    logs: Any = trial.client("logs", trial.identity.home)
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{function}"):
        yield from (event["message"] for event in page["events"])
