"""Which deployment a tfvars file means: its prefix, its regions, and the account of the operator's credentials."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from rekbridge.support.errors import OperatorError
from rekbridge.terraform.evaluation import evaluate_expression

IDENTITY_EXPRESSION = "{ prefix = var.prefix, home_region = var.home_region, account_id = var.account_id }"


@dataclass(frozen=True, slots=True)
class DeploymentIdentity:
    """No two deployments have the same prefix, home region and account: AWS refuses the second name."""

    prefix: str
    home_region: str
    account_id: str

    def describe(self) -> str:
        """Return it in words."""
        return f"{self.prefix} in {self.home_region} of account {self.account_id}"


def read_identity(tfvars: Path) -> DeploymentIdentity:
    """Evaluate the variables and read the account of the credentials.

    Raises OperatorError if a variable has an error, or if `account_id` is another account than that of the credentials.
    """
    values: dict[str, Any] = evaluate_expression(tfvars, IDENTITY_EXPRESSION)
    return identify(tfvars, values["prefix"], values["home_region"], values["account_id"])


def identify(tfvars: Path, prefix: str, home_region: str, account_id: str | None) -> DeploymentIdentity:
    """Read the account of the credentials. Raises OperatorError if it is not `account_id`, which the variables have."""
    actual = read_account_id(home_region)
    if account_id not in {None, actual}:
        raise OperatorError(
            f"{tfvars} is for account {account_id}, and your credentials are for {actual}. Nothing was planned.",
            "Set AWS_PROFILE to a profile of that account, or correct account_id.",
        )
    return DeploymentIdentity(prefix, home_region, actual)


def read_account_id(region: str) -> str:
    """Return the account of the credentials: sts:GetCallerIdentity, which needs no permission."""
    return str(boto3.Session().client("sts", region_name=region).get_caller_identity()["Account"])


def require_same_account(deployed: dict[str, Any] | None, account_id: str) -> None:
    """Raise OperatorError if what is deployed, as its output says, is in another account."""
    if deployed and deployed.get("account_id") not in {None, account_id}:
        raise OperatorError(
            f"The state has a deployment to account {deployed['account_id']}, and your credentials are for "
            f"{account_id}. Nothing was planned.",
            "Set AWS_PROFILE to a profile of that account, or use the backend and the tfvars file of this one.",
        )
