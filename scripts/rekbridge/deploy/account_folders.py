"""The folder of a deployment to an account: named after the tfvars file, its path and the account.

With a local state, the folder is all that Terraform knows of the deployment. So a state that another folder has, of a
tfvars file that has moved or of the time when folders had only a file's name, is found before a second one begins.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rekbridge.deploy.identity import DeploymentIdentity
from rekbridge.support import locks, paths
from rekbridge.support.errors import OperatorError
from rekbridge.support.notify import Notify
from rekbridge.terraform.driver import Terraform
from rekbridge.terraform.variables import get_deployment_name

STATE = "terraform.tfstate"
RECORD = "deployment.json"
# The folder of LocalStack's deployment: it has no account.
LOCALSTACK = "localstack"
# Of an empty state.
NOTHING = DeploymentIdentity("", "", "")
# Set by the CI services that have runners which are thrown away after a job.
CI_VARIABLES = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "CODEBUILD_BUILD_ID", "JENKINS_URL", "BUILDKITE")


def get_folder(tfvars: Path, account_id: str) -> Path:
    """Return the folder of a tfvars file's deployment to an account."""
    digest = hashlib.sha256(f"{account_id}\n{tfvars.resolve()}".encode()).hexdigest()
    return get_root() / f"{get_deployment_name(tfvars)}-{digest[:12]}"


def find_folder(tfvars: Path) -> Path | None:
    """Return the folder of the tfvars file without asking AWS. None if nothing was deployed with it from here.

    Raises OperatorError if it was deployed to several accounts.
    """
    folders = [
        record.parent
        for record in sorted(get_root().glob(f"{get_deployment_name(tfvars)}-*/{RECORD}"))
        if json.loads(record.read_text())["tfvars"] == str(tfvars.resolve())
    ]
    if len(folders) > 1:
        names = ", ".join(str(folder) for folder in folders)
        raise OperatorError(
            f"{tfvars} was deployed to several accounts: {names}.",
            "Use a tfvars file for each account, with account_id, and remove the folders of the others.",
        )
    old = get_root() / get_deployment_name(tfvars)
    return folders[0] if folders else old if old.exists() else None


def open_folder(tfvars: Path, identity: DeploymentIdentity, notify: Notify) -> Path:
    """Return the folder of a deployment, created if it is new, with the state of an older folder if that has it.

    Raises OperatorError if a folder has this deployment's state, and it is not certain that it is to be used here.
    """
    folder = get_folder(tfvars, identity.account_id)
    # A broken one is found by rekbridge.terraform.state_recovery, which may have a backup.
    if not (folder / STATE).exists():
        _take_over_state(tfvars, identity, folder, notify)
    paths.make_private_folder(folder)
    record = {"tfvars": str(tfvars.resolve()), "account_id": identity.account_id}
    (folder / RECORD).write_text(json.dumps(record, indent=2) + "\n")
    return folder


def refuse_local_state_in_ci() -> None:
    """Raise OperatorError in a CI job: its next run would not find the state, and deploy everything a second time."""
    found = [name for name in CI_VARIABLES if os.environ.get(name, "").lower() not in {"", "0", "false"}]
    if found:
        raise OperatorError(
            f"This is a CI job ({found[0]} is set), and the state would be a file on this machine. The next job "
            "would not find it. Nothing was planned.",
            "Put a file backend_override.tf beside your tfvars file. An example with S3 and a lock: "
            "terraform/examples/backend/backend_override.tf (docs/deploying.md).",
        )


def refuse_forgotten_local_state(terraform: Terraform) -> None:
    """Raise OperatorError if a deployment that has a backend now still has its state on this machine."""
    state = terraform.state_file
    if state.exists() and json.loads(state.read_text()).get("resources"):
        raise OperatorError(
            f"There is a backend now, and the state of this deployment is still a file on this machine: {state}. "
            "Nothing was planned.",
            "Copy it to the backend, then run the command again:\n"
            f"TF_DATA_DIR={terraform.data_folder} terraform -chdir={terraform.root} state push {state} && "
            f"mv {state} {state}.moved",
        )


def _take_over_state(tfvars: Path, identity: DeploymentIdentity, folder: Path, notify: Notify) -> None:
    old = get_root() / get_deployment_name(tfvars)
    for state in sorted(get_root().glob(f"*/{STATE}")):
        if state.parent.name == LOCALSTACK:
            continue
        try:
            deployed = _read_deployment(state)
        except FileNotFoundError:
            # Another process has moved it meanwhile.
            continue
        except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            if state.parent == old:
                raise OperatorError(
                    f"{state} is broken, and may be the state of {identity.describe()}. Nothing was changed.",
                    f"If {state}.backup is complete, copy it to {STATE}. If it is of no deployment, move the folder "
                    f"away: mv {old} {old}.other\nThen run the command again.",
                ) from error
            notify(f"{state} is broken, so nobody knows whose state it is. It is passed over.")
            continue
        if deployed is None and state.parent == old:
            raise OperatorError(
                f"{state} has a deployment that did not finish, of a tfvars file named {tfvars.name}. "
                "Nothing in it says which file that was.",
                f"If it is {tfvars}: mv {old} {folder}\nIf it is another one: mv {old} {old}.other\n"
                "Then run the command again.",
            )
        if deployed != identity:
            continue
        if state.parent == old:
            if _move(old, folder, notify):
                notify(f"The state of {identity.describe()} was moved from {old} to {folder}.")
            return
        raise OperatorError(
            f"{state.parent} has the state of {identity.describe()} already, deployed with another tfvars file, or "
            "with this one in another place.",
            f"To go on with that deployment: mv {state.parent} {folder}\n"
            "For a second deployment beside it, set another prefix.",
        )


def _move(old: Path, new: Path, notify: Notify) -> bool:
    """Rename the folder. Returns False if another process did so meanwhile."""
    lock = old / "deploy.lock"
    if not locks.is_free(lock):
        notify(f"Waiting for another process, which uses {old}.")
    with locks.hold(lock):
        # Whoever held the lock may have moved it, and have deployed since.
        if (new / STATE).exists() or not (old / STATE).exists():
            return False
        # A folder without a state may be there: its copy of the configuration is made anew in any case.
        if new.exists():
            new.rename(new.with_name(f"{new.name}.without-state"))
        old.rename(new)
    return True


def _read_deployment(state: Path) -> DeploymentIdentity | None:
    """Return what the state is a deployment of, or None if it has no outputs yet. An empty state is nothing."""
    document = json.loads(state.read_text())
    output: dict[str, Any] = document.get("outputs", {}).get("deployment", {}).get("value") or {}
    functions, arns = output.get("functions", {}), set(_iterate_accounts(document))
    if not output or not functions:
        # Everything was destroyed: then the state belongs to nobody.
        return None if document.get("resources") else NOTHING
    prefix = output.get("prefix") or functions["ingest"].removesuffix("-ingest")
    account_id = output.get("account_id") or (arns.pop() if len(arns) == 1 else "")
    return DeploymentIdentity(prefix, output["regions"]["home"], account_id)


def _iterate_accounts(document: dict[str, Any]) -> Iterator[str]:
    """Yield the account in the ARN of every queue: a deployment of an older version does not name its account."""
    for resource in document.get("resources", []):
        if resource["type"] == "aws_sqs_queue":
            # A queue that a killed apply was creating has no ARN yet.
            arns = (instance["attributes"]["arn"] for instance in resource["instances"])
            yield from (arn.split(":")[4] for arn in arns if arn)


def get_root() -> Path:
    """Return the folder of all deployments to accounts."""
    return paths.get_home() / "deployments"
