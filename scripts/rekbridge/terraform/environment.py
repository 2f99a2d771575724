"""The environment of the Terraform process: with the operator's AWS settings for an account, without them otherwise."""

import os
from collections.abc import Mapping
from pathlib import Path

from rekbridge.emulator import LocalCloud

PARALLELISM = "-parallelism=40"
# Terraform and its providers spend a fifth of their processor time on collecting garbage at Go's default of 100, and
# need no more memory at this value (measured with `terraform test`: 30 s and 632 MB, 24 s and 657 MB).
GARBAGE_COLLECTION = {"GOGC": "400"}
FIXED_VARIABLES = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}


def build_account_environment() -> dict[str, str]:
    """Return the environment for an AWS account, with the operator's profile, region and credentials.

    Without what a shell may say about Terraform's workspace, folders and options: it would lead to another state.
    """
    inherited = {name: value for name, value in os.environ.items() if not is_redirection(name)}
    # If the file does not exist, Terraform prints a warning before every output.
    if not Path(inherited.get("TF_CLI_CONFIG_FILE", os.devnull)).exists():
        del inherited["TF_CLI_CONFIG_FILE"]
    return GARBAGE_COLLECTION | inherited | FIXED_VARIABLES


def is_redirection(name: str) -> bool:
    """Return whether a variable makes Terraform use another state, other folders or other options than we give it."""
    return name in {"TF_WORKSPACE", "TF_DATA_DIR"} or name.startswith("TF_CLI_ARGS")


def build_isolated_environment() -> dict[str, str]:
    """Return an environment without AWS settings, for validation and tests, which must not reach an account."""
    return {name: value for name, value in build_account_environment().items() if not name.startswith("AWS_")}


def build_cloud_environment(cloud: LocalCloud) -> dict[str, str]:
    """Return the environment for a running local cloud."""
    return build_emulator_environment(cloud.environment)


def build_emulator_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for an emulator, with its endpoint and credentials in `variables`.

    Parallelism is high: an emulator does not throttle, and the AWS provider mostly waits.
    """
    return (
        build_isolated_environment()
        | {"TF_CLI_ARGS_apply": PARALLELISM, "TF_CLI_ARGS_destroy": PARALLELISM}
        | dict(variables)
    )
