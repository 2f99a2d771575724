"""The secret of the ids: a new one needs a free name; an existing one must be there, and not be the state's own."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from rekbridge.deploy.preflight.findings import Finding, read_if_permitted
from rekbridge.deploy.preflight.settings import DeployedState, DeploymentSettings
from rekbridge.support.aws_errors import get_error_code
from rekbridge.support.notify import Notify

KEPT_IDS = "The ids stay the same only together with the old library table."


def check_secret(settings: DeploymentSettings, state: DeployedState, client: Any, notify: Notify) -> list[Finding]:
    """Find what would destroy the secret, or make its creation fail, or leave the functions without one."""
    if settings.ids_secret_arn:
        return _check_existing_secret(settings.ids_secret_arn, state, client, notify)
    if state.is_deployed:
        return []
    name = f"{settings.prefix}-ids"
    secret = _describe_secret(client, name, notify)
    if not secret:
        return []
    if "DeletedDate" in secret:
        return [
            Finding(
                f"The secret {name} in {settings.home} is scheduled for deletion, so its name is taken until then.",
                f"To go on with it: {_restore_command(name, settings.home)}\n"
                f'and set ids_secret_arn = "{secret["ARN"]}". {KEPT_IDS} Otherwise set another prefix.',
            )
        ]
    return [
        Finding(
            f"There is a secret {name} in {settings.home} already, and this deployment has not created it.",
            f'To go on with it, set ids_secret_arn = "{secret["ARN"]}". {KEPT_IDS} Otherwise set another prefix.',
        )
    ]


def _check_existing_secret(arn: str, state: DeployedState, client: Any, notify: Notify) -> list[Finding]:
    if arn in state.secret_arns:
        return [
            Finding(
                f"ids_secret_arn is the secret that this deployment has created ({arn}): the plan would destroy it.",
                "Remove ids_secret_arn from your variables.",
            )
        ]
    secret = _describe_secret(client, arn, notify)
    if secret == {}:
        return [
            Finding(
                f"There is no secret {arn}.",
                f"List the secrets with: aws secretsmanager list-secrets --region {client.meta.region_name} "
                "--query SecretList[].ARN, and set ids_secret_arn to one of them, or remove it for a new secret.",
            )
        ]
    if secret and "DeletedDate" in secret:
        return [
            Finding(
                f"The secret {arn} is scheduled for deletion: uploads would wait, and the REST API answer 503.",
                f"Restore it: {_restore_command(arn, client.meta.region_name)}",
            )
        ]
    return []


def _restore_command(secret: str, region: str) -> str:
    return f"aws secretsmanager restore-secret --secret-id {secret} --region {region}"


def _describe_secret(client: Any, secret: str, notify: Notify) -> Mapping[str, Any] | None:
    """Return a secret's description, {} if there is none, or None without the permission to know."""

    def describe() -> Mapping[str, Any]:
        try:
            description: Mapping[str, Any] = client.describe_secret(SecretId=secret)
        except ClientError as error:
            if get_error_code(error) == "ResourceNotFoundException":
                return {}
            raise
        return description

    return read_if_permitted(
        describe,
        f"Cannot read whether there is a secret {secret}",
        f"secretsmanager:DescribeSecret on {secret}",
        notify,
    )
