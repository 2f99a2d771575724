"""Terraform's environment: the operator's own for an AWS account, and nothing of AWS in it for anything local."""

import os
from collections.abc import Mapping
from pathlib import Path

from rekbridge.emulator import LocalCloud

MANY = "-parallelism=40"
OURS = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}


def of_account() -> dict[str, str]:
    """For an AWS account: profile, region and credentials are the operator's."""
    inherited = dict(os.environ)
    # Named, but not there: Terraform would begin everything it says with a warning.
    if not Path(inherited.get("TF_CLI_CONFIG_FILE", os.devnull)).exists():
        del inherited["TF_CLI_CONFIG_FILE"]
    return inherited | OURS


def of_nobody() -> dict[str, str]:
    """For what must not reach an account: validation and tests."""
    return {name: value for name, value in of_account().items() if not name.startswith("AWS_")}


def of_cloud(cloud: LocalCloud) -> dict[str, str]:
    """For a running local cloud."""
    return of_emulator(cloud.environment)


def of_emulator(addresses: Mapping[str, str]) -> dict[str, str]:
    """For an emulator: it throttles nobody, and most of an apply is the AWS provider waiting for things to settle."""
    return of_nobody() | {"TF_CLI_ARGS_apply": MANY, "TF_CLI_ARGS_destroy": MANY} | dict(addresses)
