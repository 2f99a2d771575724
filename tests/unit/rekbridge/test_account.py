"""What `rekbridge deploy` asks an account before it plans."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from rekbridge.cli import app
from rekbridge.deploy.account import LOGGING, allowed, concurrency, require_logging
from rekbridge.support import paths
from rekbridge.support.errors import OperatorError
from typer.testing import CliRunner

ROLE = {"cloudwatchRoleArn": "arn:aws:iam::123456789012:role/api-gateway-logs"}


def client(service: str, method: str, answer: dict[str, Any] | str, region: str = "eu-west-3") -> Any:
    """One that gets this answer, or refusal, once."""
    made: Any = boto3.client(service, region_name=region, aws_access_key_id="any", aws_secret_access_key="any")
    stub = Stubber(made)
    stub.add_client_error(method, answer) if isinstance(answer, str) else stub.add_response(method, answer)
    stub.activate()
    return made


def gateway(answer: dict[str, Any] | str, region: str = "eu-west-3") -> Any:
    return client("apigateway", "get_account", answer, region)


def functions(answer: dict[str, Any] | str) -> Any:
    return client("lambda", "get_account_settings", answer)


def limits(total: int, unreserved: int) -> dict[str, dict[str, int]]:
    return {"AccountLimit": {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": unreserved}}


def silent(said: str) -> None:
    raise AssertionError(said)


@pytest.mark.parametrize(("unreserved", "told"), [(900, 900), (10, 10), (0, 10)])
def test_what_no_function_has_for_itself_is_reckoned_with(unreserved: int, told: int) -> None:
    assert concurrency(functions(limits(1000, unreserved)), silent) == {"account_concurrency": told}


def test_without_the_permission_terraform_reckons_with_its_own_and_the_operator_is_told() -> None:
    said: list[str] = []
    assert concurrency(functions("AccessDeniedException"), said.append) == {}
    assert "lambda:GetAccountSettings" in said[0]
    assert "eu-west-3" in said[0]


def test_an_account_whose_gateway_may_log_is_said_nothing_of() -> None:
    require_logging(gateway(ROLE), silent)


@pytest.mark.parametrize("account", [{}, {"cloudwatchRoleArn": ""}, {"features": ["UsagePlans"]}])
def test_a_gateway_that_may_not_log_ends_the_deployment(account: dict[str, Any]) -> None:
    with pytest.raises(OperatorError, match="no role to log with in eu-west-3"):
        require_logging(gateway(account), silent)


@pytest.mark.parametrize(("region", "partition"), [("eu-west-3", "aws"), ("us-gov-east-1", "aws-us-gov")])
def test_the_commands_that_set_the_role_are_told_for_the_region(region: str, partition: str) -> None:
    with pytest.raises(OperatorError) as told:
        require_logging(gateway({}, region), silent)
    assert f"arn:{partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs" in told.value.next_step
    assert f"aws apigateway update-account --region {region}" in told.value.next_step


def test_the_runbook_has_the_same_commands() -> None:
    runbook = (paths.ROOT / "docs" / "operations.md").read_text()
    told = LOGGING.format(region="<home>", partition="aws").splitlines()
    assert [line for line in told if line not in runbook] == []


@pytest.mark.parametrize("refusal", ["AccessDeniedException", "UnauthorizedException"])
def test_without_the_permission_to_look_a_deployment_goes_on_and_the_operator_is_told(refusal: str) -> None:
    said: list[str] = []
    require_logging(gateway(refusal), said.append)
    assert "apigateway:GET on arn:aws:apigateway:eu-west-3::/account" in said[0]


@pytest.mark.parametrize(
    "ask",
    [
        lambda: require_logging(gateway("ExpiredTokenException"), silent),
        lambda: concurrency(functions("ExpiredTokenException"), silent),
    ],
)
def test_what_is_no_matter_of_permission_ends_the_deployment(ask: Callable[[], object]) -> None:
    with pytest.raises(ClientError, match="ExpiredToken"):
        ask()


def test_a_deployment_is_planned_with_what_the_account_allows() -> None:
    clients = {"apigateway": gateway(ROLE), "lambda": functions(limits(1000, 400))}
    assert allowed(clients.__getitem__, silent) == {"account_concurrency": 400}


def test_a_gateway_that_may_not_log_is_told_before_anything_else_is_asked() -> None:
    with pytest.raises(OperatorError, match="no role to log with"):
        allowed({"apigateway": gateway({})}.__getitem__, silent)


@pytest.mark.usefixtures("aws")
def test_the_command_looks_before_it_packages_or_applies_anything(tfvars: Path, home: Path) -> None:
    done = CliRunner().invoke(app, ["deploy", "--tfvars", str(tfvars), "--yes"])
    assert (done.exit_code, "aws apigateway update-account --region eu-west-3" in done.output) == (1, True)
    assert {made.name for made in home.iterdir()} <= {"terraform"}
