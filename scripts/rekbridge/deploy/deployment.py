"""Terraform for each target: its state folder, environment, packages and variables.

`get_…` returns Terraform for what is deployed already; `prepare_…` also builds the packages and runs `terraform init`.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rekbridge.deploy import account_folders
from rekbridge.deploy.identity import DeploymentIdentity, read_identity, require_same_account, require_same_location
from rekbridge.emulator import LocalCloud
from rekbridge.emulator.localstack import host
from rekbridge.emulator.servers import CREDENTIALS
from rekbridge.emulator.state import APPLYING
from rekbridge.packaging.build import build_packages, get_host_architecture, get_package_folder
from rekbridge.support import locks, paths
from rekbridge.support.errors import OperatorError
from rekbridge.support.notify import Notify
from rekbridge.terraform import environment, processes, root_files
from rekbridge.terraform.driver import Terraform, get_data_folder
from rekbridge.terraform.state_recovery import restore_truncated_state

# The default variables on an emulator: a home region without Rekognition, and both kinds of transfer.
LOCAL_VARIABLES: dict[str, Any] = {
    "home_region": "eu-west-3",
    "remote_region": "eu-west-1",
    "allowed_regions": ["eu-west-1"],
    # Whom the emulators name as the caller: MiniStack the account's root, LocalStack nobody.
    "api_trusted_callers": ["arn:aws:iam::000000000000:root", "anonymous"],
    "operations": {"faces": {"transfer": "bytes"}, "labels": {"transfer": "bytes"}, "text": {"transfer": "staged"}},
}


def prepare_for_cloud(
    cloud: LocalCloud,
    variables: Mapping[str, Any] = LOCAL_VARIABLES,
    tfvars: Path | None = None,
    notify: Notify = lambda _: None,
) -> Terraform:
    """Prepare a deployment to a running local cloud, with packages for this machine's processor.

    If an earlier apply was killed, the cloud is started again, empty.
    """
    terraform = get_cloud_terraform(cloud)
    wait_for_turn(terraform.folder, notify)
    reset_after_killed_apply(cloud, notify)
    return _build_and_initialize(terraform, variables, get_host_architecture(), tfvars, notify)


def prepare_for_localstack(tfvars: Path | None = None, notify: Notify = lambda _: None) -> Terraform:
    """Prepare a deployment to a LocalStack that runs already, at AWS_ENDPOINT_URL or port 4566 of this machine.

    Raises OperatorError if none answers.
    """
    terraform = get_localstack_terraform()
    endpoint = terraform.environment["AWS_ENDPOINT_URL"]
    if host.fetch_version(endpoint) is None:
        raise OperatorError(
            f"No LocalStack answers at {endpoint}.",
            "Set AWS_ENDPOINT_URL to the address of yours, or start one: rekbridge cloud up --target localstack",
        )
    variables = {} if tfvars else LOCAL_VARIABLES
    return _build_and_initialize(terraform, variables, get_host_architecture(), tfvars, notify)


def prepare_for_account(
    tfvars: Path,
    architecture: str,
    account_variables: Mapping[str, Any],
    notify: Notify = lambda _: None,
    identity: DeploymentIdentity | None = None,
) -> Terraform:
    """Prepare a deployment to the account of the operator's credentials. Each tfvars file has a state of its own.

    `identity`: if it was read already. Raises OperatorError if it is not certain which state this is, or if the state
    is that of another account, prefix or region.
    """
    has_backend = root_files.find_backend(tfvars, paths.ROOT / "terraform") is not None
    if not has_backend:
        account_folders.refuse_local_state_in_ci()
    identity = identity or read_identity(tfvars)
    folder = account_folders.open_folder(tfvars, identity, notify)
    terraform = Terraform(folder, environment.build_account_environment(), {"target": "aws"})
    prepared = _build_and_initialize(terraform, account_variables, architecture, tfvars, notify)
    if has_backend:
        account_folders.refuse_forgotten_local_state(prepared)
    require_same_account(prepared.read_outputs().get("deployment"), identity.account_id)
    require_same_location(prepared.read_state(), tfvars)
    return prepared


def get_cloud_terraform(cloud: LocalCloud) -> Terraform:
    """Return Terraform for a running local cloud."""
    return Terraform(cloud.terraform_folder, environment.build_cloud_environment(cloud), {"target": cloud.target})


def get_localstack_terraform() -> Terraform:
    """Return Terraform for a LocalStack that runs already."""
    endpoint = {"AWS_ENDPOINT_URL": os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")}
    folder = paths.get_home() / "deployments" / "localstack"
    return Terraform(folder, environment.build_emulator_environment(CREDENTIALS | endpoint), {"target": "localstack"})


def get_account_terraform(tfvars: Path) -> Terraform:
    """Return Terraform for what was deployed from here with a tfvars file to an AWS account."""
    # A folder that does not exist has no deployment.
    folder = account_folders.find_folder(tfvars) or account_folders.get_folder(tfvars, "")
    return Terraform(folder, environment.build_account_environment(), {"target": "aws"})


def _build_and_initialize(
    terraform: Terraform, variables: Mapping[str, Any], architecture: str, tfvars: Path | None, notify: Notify
) -> Terraform:
    packages = get_package_folder(architecture)
    build_packages(architecture, packages)
    return initialize(
        replace(terraform, packages=packages), {**variables, "architecture": architecture}, tfvars, notify
    )


def reset_after_killed_apply(cloud: LocalCloud, notify: Notify) -> None:
    """Start the cloud again, empty, if an apply to it was killed: Terraform does not know what it had created.

    Raises OperatorError if the emulator is not ours to restart.
    """
    marker = cloud.terraform_folder / APPLYING
    if not marker.exists():
        return
    if cloud.record.settings["external_endpoint"]:
        raise OperatorError(
            "The last apply to your LocalStack was killed: Terraform does not know what it had created there.",
            f"Restart your LocalStack empty, then: rm -r {cloud.terraform_folder}, and run the command again.",
        )
    notify("The last apply to the local cloud was killed, so the cloud is started again, empty.")
    cloud.restart_empty()


def wait_for_turn(folder: Path, notify: Notify) -> None:
    """Keep other processes from deploying from this folder until this one ends. Waits for one that does so already.

    They would replace the copy of the configuration under a running Terraform. One whose `rekbridge` was killed ends by
    itself; plugins of one that was killed are killed, too.
    """
    locks.hold_until_exit(
        folder / "deploy.lock",
        lambda holder: notify(f"Waiting for {holder}, which deploys from the same folder: {folder}"),
    )
    processes.wait_and_end_plugins(get_data_folder(folder), notify)


def initialize(terraform: Terraform, variables: Mapping[str, Any], tfvars: Path | None, notify: Notify) -> Terraform:
    """Return Terraform with these variables, initialized. No other process can do so until this one ends."""
    prepared = replace(terraform, variables={**variables, **terraform.variables}, tfvars=tfvars, notify=notify)
    paths.make_private_folder(prepared.folder)
    wait_for_turn(prepared.folder, notify)
    restore_truncated_state(prepared.folder, notify)
    prepared.init()
    return prepared
