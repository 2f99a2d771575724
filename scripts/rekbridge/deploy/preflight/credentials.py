"""Whose credentials these are, and where AWS accepts them. GetCallerIdentity needs no permission."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

from rekbridge.deploy.preflight.findings import Finding
from rekbridge.deploy.preflight.settings import DeploymentSettings
from rekbridge.support.aws_errors import UNKNOWN_CREDENTIALS_CODES, get_error_code, to_operator_error
from rekbridge.support.notify import Notify

# A region that is not enabled answers so, although the credentials are valid elsewhere.
NOT_ENABLED_CODES = UNKNOWN_CREDENTIALS_CODES | {"OptInRequired", "AuthFailure"}

ENABLE_COMMANDS = """\
Look whether {region} is enabled; if it is not, enable it (minutes to hours), then run the command again:

aws account get-region-opt-status --region-name {region}
aws account enable-region --region-name {region}

If it is enabled, your credentials are of the kind that opt-in regions refuse. Get new ones with:

export AWS_STS_REGIONAL_ENDPOINTS=regional"""


@dataclass(frozen=True, slots=True)
class Identity:
    """The account of the credentials, and the regions that do not accept them, with AWS's error codes."""

    account: str
    refusals: Mapping[str, str]


def identify(regions: Sequence[str], create_client: Callable[[str, str], Any], notify: Notify) -> Identity:
    """Ask each region whose credentials these are. Notify of a region that cannot be reached from here.

    Raises OperatorError if there are no credentials, or no region accepts them.
    """
    accounts: dict[str, str] = {}
    refusals: dict[str, ClientError] = {}
    for region in regions:
        try:
            accounts[region] = str(create_client("sts", region).get_caller_identity()["Account"])
        except ClientError as error:
            if get_error_code(error) not in NOT_ENABLED_CODES:
                raise to_operator_error(error) from error
            refusals[region] = error
        except (ConnectionError, HTTPClientError) as error:
            # Terraform never calls the regions that only analyse: a machine without a way to them can deploy.
            if not accounts:
                raise to_operator_error(error) from error
            notify(f"Cannot reach {region} to find out whether it is enabled for the account: {error}")
        except BotoCoreError as error:
            raise to_operator_error(error) from error
    if not accounts:
        raise to_operator_error(next(iter(refusals.values())))
    return Identity(
        next(iter(accounts.values())), {region: get_error_code(error) for region, error in refusals.items()}
    )


def check_regions(identity: Identity) -> list[Finding]:
    """Find regions that the account may not use: only enabled regions accept credentials."""
    return [
        Finding(
            f"{region} does not accept your credentials ({code}): it is not enabled for the account.",
            ENABLE_COMMANDS.format(region=region),
        )
        for region, code in identity.refusals.items()
    ]


def check_account_id(settings: DeploymentSettings, identity: Identity) -> list[Finding]:
    """Find credentials of another account than the variable account_id names."""
    if settings.account_id in {None, identity.account}:
        return []
    return [
        Finding(
            f"Your credentials are for the account {identity.account}, but account_id is {settings.account_id}.",
            f"Sign in to {settings.account_id} (for example: export AWS_PROFILE=…), and check it with: "
            "aws sts get-caller-identity",
        )
    ]


def check_architecture(settings: DeploymentSettings) -> list[Finding]:
    """Find an architecture that Lambda may not have in the home region."""
    if settings.architecture in settings.architectures:
        return []
    return [
        Finding(
            f"It is not confirmed that Lambda has {settings.architecture} in {settings.home}.",
            f"Deploy with: --architecture {settings.architectures[0]}",
        )
    ]
