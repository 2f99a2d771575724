"""What the checks need to know: the deployment's variables, and what its state has already."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rekbridge.terraform.driver import Terraform
from rekbridge.terraform.evaluation import evaluate_expression

SETTINGS_EXPRESSION = """{
  prefix = var.prefix, home = var.home_region, remote = var.remote_region, regions = local.analysis_regions,
  partition = local.regions[var.home_region].partition, architectures = local.regions[var.home_region].architectures,
  account_id = var.account_id, ids_secret_arn = var.ids_secret_arn,
  operations = keys(var.operations), analyze_concurrency = local.analyze_concurrency,
  concurrency = { for name, one in var.function_settings : name => one.concurrency if one.concurrency != null },
}""".replace("\n", " ")
# modules/home/function_settings.tf (tests/plan compares them); API and SWEEP consume no queue, and need one each.
DEFAULT_CONCURRENCY = {"ingest": 10, "bridge": 5, "route": 10, "api": 1, "sweep": 1}


@dataclass(frozen=True, slots=True)
class DeploymentSettings:
    """The variables of a deployment that decide whether an account can take it."""

    prefix: str
    home: str
    remote: str
    # Home, remote, and every other region that may analyse an image.
    regions: tuple[str, ...]
    partition: str
    operations: tuple[str, ...]
    # Concurrent executions of all functions when every queue is full.
    concurrency: int
    # What the packages are built for, and what Lambda is confirmed to offer at home.
    architecture: str
    architectures: tuple[str, ...]
    # The variable account_id, if it is set.
    account_id: str | None = None
    ids_secret_arn: str | None = None


@dataclass(frozen=True, slots=True)
class DeployedState:
    """What Terraform's state has: whether there is anything in it, and the secrets that the deployment has created."""

    is_deployed: bool
    secret_arns: frozenset[str] = frozenset()


def read_settings(tfvars: Path, architecture: str) -> DeploymentSettings:
    """Evaluate a file of variables. Raises OperatorError with Terraform's errors if they are invalid."""
    values = evaluate_expression(tfvars, SETTINGS_EXPRESSION)
    return DeploymentSettings(
        prefix=values["prefix"],
        home=values["home"],
        remote=values["remote"],
        regions=tuple(dict.fromkeys([values["home"], values["remote"], *values["regions"]])),
        partition=values["partition"],
        operations=tuple(values["operations"]),
        concurrency=values["analyze_concurrency"] + sum((DEFAULT_CONCURRENCY | values["concurrency"]).values()),
        architecture=architecture,
        architectures=tuple(values["architectures"]),
        account_id=values["account_id"],
        ids_secret_arn=values["ids_secret_arn"],
    )


def read_state(terraform: Terraform) -> DeployedState:
    """Read the state of an initialized deployment. Raises OperatorError with Terraform's errors."""
    return describe_state(terraform.read_state())


def describe_state(state: Mapping[str, Any]) -> DeployedState:
    """Say what is in a state, in the form of `terraform show -json`."""
    resources = list(_iterate_resources(state.get("values", {}).get("root_module", {})))
    return DeployedState(
        is_deployed=bool(resources),
        secret_arns=frozenset(
            resource["values"]["arn"]
            for resource in resources
            if resource["type"] == "aws_secretsmanager_secret" and resource["values"]["arn"]
        ),
    )


def _iterate_resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (resource for resource in module.get("resources", []) if resource["mode"] == "managed")
    for child in module.get("child_modules", []):
        yield from _iterate_resources(child)
