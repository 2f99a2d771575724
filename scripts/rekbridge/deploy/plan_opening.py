"""Opens a plan file for the deployment that it was made for, with this machine's credentials."""

from dataclasses import replace
from pathlib import Path

from rekbridge.deploy import account_folders, deployment, plan_files
from rekbridge.deploy.identity import read_account_id
from rekbridge.deploy.plan_files import PlanManifest
from rekbridge.deploy.targets import DeploymentTarget, get_terraform
from rekbridge.support import paths
from rekbridge.support.errors import OperatorError
from rekbridge.support.notify import Notify
from rekbridge.terraform import environment
from rekbridge.terraform.driver import Terraform


def open_plan(path: Path, target: DeploymentTarget, notify: Notify) -> Terraform:
    """Return Terraform with the plan of a file, ready to be applied.

    Raises OperatorError if the file is damaged, or is for another target, account, state or Rekbridge.
    """
    manifest = plan_files.read_manifest(path)
    if manifest.target != target:
        raise OperatorError(
            f"{path} is a plan for {manifest.target}, not for {target}. Nothing was applied.",
            f"To apply it there: --target {manifest.target}",
        )
    terraform = _get_terraform(manifest, path, notify)
    paths.make_private_folder(terraform.folder)
    deployment.wait_for_turn(terraform.folder, notify)
    plan_files.open_plan_file(path, terraform, manifest)
    return terraform


def _get_terraform(manifest: PlanManifest, path: Path, notify: Notify) -> Terraform:
    if manifest.target != DeploymentTarget.aws:
        return replace(get_terraform(DeploymentTarget(manifest.target), None), notify=notify)
    account_id = read_account_id(manifest.home_region)
    if account_id != manifest.account_id:
        raise OperatorError(
            f"{path} is a plan for account {manifest.account_id}, and your credentials are for {account_id}. "
            "Nothing was applied.",
            "Set AWS_PROFILE to a profile of that account.",
        )
    folder = account_folders.get_root() / manifest.folder
    return Terraform(folder, environment.build_account_environment(), {"target": "aws"}, notify=notify)
