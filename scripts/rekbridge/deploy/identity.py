"""Which deployment a tfvars file means: its prefix, its regions, and the account of the operator's credentials."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from rekbridge.support.errors import OperatorError
from rekbridge.terraform.evaluation import evaluate_expression

IDENTITY_EXPRESSION = "{ prefix = var.prefix, home_region = var.home_region, account_id = var.account_id }"
LOCATION_EXPRESSION = "{ prefix = var.prefix, home = var.home_region, remote = var.remote_region }"
VARIABLES = {"prefix": "prefix", "home": "home_region", "remote": "remote_region"}


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


def require_same_location(state: Mapping[str, Any], tfvars: Path) -> None:
    """Raise OperatorError if a state, as `terraform show -json` has it, is of another prefix or of other regions.

    With other regions, the first refresh of a plan would find nothing, and forget everything that has data.
    """
    deployed = find_location(state)
    if not deployed:
        return
    wanted = evaluate_expression(tfvars, LOCATION_EXPRESSION)
    if changed := {name: value for name, value in deployed.items() if value != wanted[name]}:
        lines = ", ".join(f"{VARIABLES[name]} = {value}, not {wanted[name]}" for name, value in changed.items())
        raise OperatorError(
            f"This deployment has {lines}: these cannot change. Nothing was planned.",
            f"Set them back in {tfvars}. For a second deployment, use another file with another prefix.",
        )


def find_location(state: Mapping[str, Any]) -> dict[str, str]:
    """Return the prefix and the regions of what a state has, as far as it says so."""
    values = state.get("values", {})
    output = values.get("outputs", {}).get("deployment", {}).get("value")
    if output:
        found = {"prefix": output.get("prefix"), **output.get("regions", {})}
    else:
        # A destroy removes the outputs first.
        found = next(_iterate_locations(values.get("root_module", {})), {})
    return {name: found[name] for name in VARIABLES if found.get(name)}


def _iterate_locations(module: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for row in module.get("resources", []):
        if row["type"] == "terraform_data" and row["name"] == "location":
            yield row["values"]["input"]
    for child in module.get("child_modules", []):
        yield from _iterate_locations(child)
