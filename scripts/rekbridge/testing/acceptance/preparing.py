"""Prepares a trial: its own prefix, its own folder and state, and the operator's regions and operations."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
from botocore.credentials import Credentials

from rekbridge.deploy import deployment, preflight
from rekbridge.deploy.targets import DeploymentTarget, find_local_cloud, require_tfvars
from rekbridge.emulator import LocalCloud
from rekbridge.emulator.servers import CREDENTIALS
from rekbridge.packaging.build import build_packages, get_host_architecture, get_package_folder
from rekbridge.read_models.deployment import ClientFactory
from rekbridge.support import paths
from rekbridge.support.aws_errors import SIGN_IN_ADVICE
from rekbridge.support.errors import OperatorError
from rekbridge.support.notify import Notify
from rekbridge.terraform import environment
from rekbridge.terraform.evaluation import evaluate_expression
from rekbridge.terraform.variables import get_deployment_name
from rekbridge.testing.acceptance.identity import TrialIdentity, choose_identity
from rekbridge.testing.acceptance.trial import AcceptanceTrial, TrialTiming
from rekbridge.testing.acceptance.trial_terraform import TrialTerraform
from rekbridge.testing.local_rekognition import LocalRekognition

# On an emulator: one operation by each transfer, and the one by bytes in two regions, so that one can be denied.
# Labels without text, which takes the local Rekognition seconds.
LOCAL_VARIABLES = deployment.LOCAL_VARIABLES | {
    "allowed_regions": ["eu-central-1", "eu-west-1"],
    "operations": {
        "faces": {"transfer": "bytes"},
        "labels": {
            "transfer": "staged",
            "settings": {"Settings": '{"GeneralLabels": {"LabelExclusionFilters": ["Text"]}}'},
        },
    },
}
# Whatever the operator's file says: a trial can be removed with what is in it, and notifies nobody.
TRIAL_VARIABLES: dict[str, Any] = {"ephemeral": True, "alarm_topics": {}, "sinks": {}}
SETTINGS_EXPRESSION = (
    "{prefix = var.prefix, home = var.home_region, remote = var.remote_region, operations = keys(var.operations)}"
)
# IAM may need minutes until a policy holds everywhere, SQS's counts of messages may be a minute old, and AWS lists a
# deleted queue for up to a minute. Emulators do all of it at once.
AWS_TIMING = TrialTiming(settle_s=600, pair_every_s=10, quiet_s=60, leftovers_s=120)
LOCAL_TIMING = TrialTiming(settle_s=180, pair_every_s=3, quiet_s=3, leftovers_s=10)


@dataclass(frozen=True, slots=True)
class TrialTarget:
    """Where to try, and what the operator's file says: `names` are texts that no transcript may have."""

    folder: Path
    environment: Mapping[str, str]
    client: ClientFactory
    credentials: Credentials
    account_id: str
    settings: Mapping[str, Any]
    variables: Mapping[str, Any]
    names: frozenset[str]
    cloud: LocalCloud | None = None
    tfvars: Path | None = None


def find_target(target: DeploymentTarget, tfvars: Path | None) -> TrialTarget:
    """Find the account of the operator's credentials, or the running local cloud. Raises OperatorError."""
    if target is DeploymentTarget.aws:
        return _find_account(require_tfvars(tfvars))
    cloud = find_local_cloud(target)
    if cloud is None:
        raise OperatorError(
            "A trial needs the local Rekognition, which a LocalStack that runs already does not have.",
            "Use the local cloud: rekbridge cloud up --target localstack",
        )
    settings = evaluate_expression(tfvars, SETTINGS_EXPRESSION) if tfvars else _get_local_settings()
    return TrialTarget(
        folder=cloud.folder / "acceptance",
        environment=environment.build_cloud_environment(cloud),
        client=cache(cloud.client),
        credentials=Credentials(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"]),
        account_id="000000000000",
        settings=settings,
        variables={"target": cloud.target.value} | ({} if tfvars else LOCAL_VARIABLES),
        names=frozenset(),
        cloud=cloud,
        tfvars=tfvars,
    )


def prepare_trial(target: TrialTarget, architecture: str, clean: bool, notify: Notify) -> AcceptanceTrial:
    """Build the packages and initialize Terraform for a new trial, or for the remembered one to `clean` it up.

    Raises OperatorError if an earlier trial is in the way.
    """
    new = TrialIdentity.create(
        target.settings["prefix"], target.account_id, target.settings["home"], target.settings["remote"]
    )
    deployment.wait_for_turn(target.folder, notify)
    identity = choose_identity(target.folder, new, clean)
    variables = dict(target.variables)
    if target.cloud is None and not clean:
        variables |= _check_account(target, identity, architecture, notify)
    architecture = get_host_architecture() if target.cloud else architecture
    package_folder = get_package_folder(architecture)
    build_packages(architecture, package_folder)
    variables |= {"package_dir": str(package_folder), "architecture": architecture}
    terraform = TrialTerraform(target.folder, target.environment, variables | build_trial_variables(identity))
    prepared = deployment.initialize(terraform, {}, target.tfvars, notify)
    # The last step: what fails before has created nothing.
    identity.remember(target.folder)
    return AcceptanceTrial(
        terraform=prepared,
        identity=identity,
        client=target.client,
        credentials=target.credentials,
        timing=LOCAL_TIMING if target.cloud else AWS_TIMING,
        seed=secrets.token_hex(4),
        rekognition=LocalRekognition(target.cloud.control_url) if target.cloud else None,
    )


def build_trial_variables(identity: TrialIdentity) -> dict[str, Any]:
    """Return what a trial has whatever the operator's file says by now: its prefix, and where its resources are."""
    location = {"prefix": identity.prefix, "home_region": identity.home, "remote_region": identity.remote}
    return TRIAL_VARIABLES | location


def _check_account(
    target: TrialTarget, identity: TrialIdentity, architecture: str, notify: Notify
) -> Mapping[str, int]:
    """Check the account for a deployment with the trial's prefix, of which nothing exists yet."""
    settings = replace(preflight.read_settings(require_tfvars(target.tfvars), architecture), prefix=identity.prefix)
    return preflight.check_account(settings, target.client, lambda: preflight.DeployedState(False), notify)


def _find_account(tfvars: Path) -> TrialTarget:
    session = boto3.Session()
    credentials = session.get_credentials()
    if credentials is None:
        raise OperatorError("There are no AWS credentials.", SIGN_IN_ADVICE)
    settings = evaluate_expression(tfvars, SETTINGS_EXPRESSION)
    caller = session.client("sts", region_name=settings["home"]).get_caller_identity()
    # arn:aws:sts::<account>:assumed-role/<role>/<session>
    names = {*caller["Arn"].split(":")[-1].split("/")[1:], *caller["UserId"].split(":"), caller["Account"]}
    path_digest = sha256(str(tfvars.resolve()).encode()).hexdigest()[:8]
    create_client: Callable[..., Any] = session.client
    return TrialTarget(
        folder=paths.get_home() / "acceptance" / f"{get_deployment_name(tfvars)}-{path_digest}",
        environment=environment.build_account_environment(),
        client=cache(lambda service, region: create_client(service, region_name=region)),
        credentials=credentials,
        account_id=caller["Account"],
        settings=settings,
        variables={"target": "aws", "account_id": caller["Account"]},
        names=frozenset(names | {os.environ.get("AWS_PROFILE", "")} - {""}),
        tfvars=tfvars,
    )


def _get_local_settings() -> dict[str, Any]:
    variables = LOCAL_VARIABLES
    return {
        "prefix": "rekbridge",
        "home": variables["home_region"],
        "remote": variables["remote_region"],
        "operations": list(variables["operations"]),
    }
