"""The checks of an account against what is deployed: its names are found to be taken, and all others to be free."""

from dataclasses import replace

import pytest
from rekbridge.deploy.preflight import DeployedState, DeploymentSettings, clashes, ids_secret, read_state
from rekbridge.deploy.preflight.credentials import Identity
from rekbridge.deploy.preflight.names import iterate_names
from rekbridge.testing import Stack


@pytest.fixture
def settings(stack: Stack) -> DeploymentSettings:
    """The settings of the deployment."""
    outputs, deployed = stack.deployed.outputs, stack.deployed
    return DeploymentSettings(
        prefix=outputs["prefix"],
        home=deployed.home,
        remote=deployed.remote,
        regions=(deployed.home, deployed.remote),
        partition="aws",
        operations=tuple(outputs["operations"]),
        concurrency=1,
        architecture="x86_64",
        architectures=("x86_64",),
    )


def fail_on_notice(notice: str) -> None:
    raise AssertionError(notice)


def find_taken(stack: Stack, settings: DeploymentSettings) -> list[str]:
    """The lines of the findings that name something."""
    identity = Identity(stack.deployed.outputs["account_id"], {})
    findings = clashes.check_names(settings, identity, stack.client, fail_on_notice)
    return [line.strip() for finding in findings for line in finding.problem.splitlines()[1:]]


def test_every_name_of_a_deployment_is_found_to_be_taken(stack: Stack, settings: DeploymentSettings) -> None:
    names = iterate_names(settings, stack.deployed.outputs["account_id"])
    assert sorted(find_taken(stack, settings)) == sorted(
        f"{name.kind.title} {name.name} ({name.region})" for name in names
    )


def test_no_name_of_another_prefix_is_found_to_be_taken(stack: Stack, settings: DeploymentSettings) -> None:
    assert find_taken(stack, replace(settings, prefix="another")) == []


def test_the_secret_of_a_deployment_is_found_to_be_taken(stack: Stack, settings: DeploymentSettings) -> None:
    check = ids_secret.check_secret
    client, empty = stack.client("secretsmanager"), DeployedState(is_deployed=False)
    assert len(check(settings, empty, client, fail_on_notice)) == 1
    assert check(replace(settings, prefix="another"), empty, client, fail_on_notice) == []


def test_the_state_of_a_deployment_names_the_secret_that_it_has_created(
    stack: Stack, settings: DeploymentSettings
) -> None:
    secret = stack.client("secretsmanager").describe_secret(SecretId=f"{settings.prefix}-ids")
    assert read_state(stack.terraform) == DeployedState(is_deployed=True, secret_arns=frozenset({secret["ARN"]}))
