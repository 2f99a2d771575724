"""The checks of an AWS account by `rekbridge deploy`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from rekbridge.cli import app
from rekbridge.deploy.account import LOGGING_ROLE_COMMANDS, check_account, read_concurrency, require_logging_role
from rekbridge.support import paths
from rekbridge.support.errors import OperatorError
from typer.testing import CliRunner

ROLE = {"cloudwatchRoleArn": "arn:aws:iam::123456789012:role/api-gateway-logs"}


def create_client(service: str, method: str, response: dict[str, Any] | str, region: str = "eu-west-3") -> Any:
    """A client that gets this response, or this error code, once."""
    stubbed: Any = boto3.client(service, region_name=region, aws_access_key_id="any", aws_secret_access_key="any")
    stub = Stubber(stubbed)
    stub.add_client_error(method, response) if isinstance(response, str) else stub.add_response(method, response)
    stub.activate()
    return stubbed


def create_api_gateway(response: dict[str, Any] | str, region: str = "eu-west-3") -> Any:
    return create_client("apigateway", "get_account", response, region)


def create_lambda(response: dict[str, Any] | str) -> Any:
    return create_client("lambda", "get_account_settings", response)


def build_account_settings(total: int, unreserved: int) -> dict[str, dict[str, int]]:
    return {"AccountLimit": {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": unreserved}}


def fail_on_warning(warning: str) -> None:
    raise AssertionError(warning)


@pytest.mark.parametrize(("unreserved", "expected"), [(900, 900), (10, 10), (0, 10)])
def test_unreserved_concurrency_becomes_a_variable(unreserved: int, expected: int) -> None:
    assert read_concurrency(create_lambda(build_account_settings(1000, unreserved)), fail_on_warning) == {
        "account_concurrency": expected
    }


def test_without_permission_to_read_concurrency_terraforms_default_is_kept_with_a_warning() -> None:
    warnings: list[str] = []
    assert read_concurrency(create_lambda("AccessDeniedException"), warnings.append) == {}
    assert "lambda:GetAccountSettings" in warnings[0]
    assert "eu-west-3" in warnings[0]


def test_an_account_with_a_logging_role_gives_no_warning() -> None:
    require_logging_role(create_api_gateway(ROLE), fail_on_warning)


@pytest.mark.parametrize("account", [{}, {"cloudwatchRoleArn": ""}, {"features": ["UsagePlans"]}])
def test_a_missing_logging_role_stops_the_deployment(account: dict[str, Any]) -> None:
    with pytest.raises(OperatorError, match="no logging role in eu-west-3"):
        require_logging_role(create_api_gateway(account), fail_on_warning)


@pytest.mark.parametrize(("region", "partition"), [("eu-west-3", "aws"), ("us-gov-east-1", "aws-us-gov")])
def test_the_commands_that_set_the_role_name_region_and_partition(region: str, partition: str) -> None:
    with pytest.raises(OperatorError) as raised:
        require_logging_role(create_api_gateway({}, region), fail_on_warning)
    assert (
        f"arn:{partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs" in raised.value.next_step
    )
    assert f"aws apigateway update-account --region {region}" in raised.value.next_step


def test_the_runbook_has_the_same_commands() -> None:
    runbook = (paths.ROOT / "docs" / "operations.md").read_text()
    commands = LOGGING_ROLE_COMMANDS.format(region="<home>", partition="aws").splitlines()
    assert [line for line in commands if line not in runbook] == []


@pytest.mark.parametrize("refusal", ["AccessDeniedException", "UnauthorizedException"])
def test_without_permission_to_read_the_role_the_deployment_continues_with_a_warning(refusal: str) -> None:
    warnings: list[str] = []
    require_logging_role(create_api_gateway(refusal), warnings.append)
    assert "apigateway:GET on arn:aws:apigateway:eu-west-3::/account" in warnings[0]


@pytest.mark.parametrize(
    "check",
    [
        lambda: require_logging_role(create_api_gateway("ExpiredTokenException"), fail_on_warning),
        lambda: read_concurrency(create_lambda("ExpiredTokenException"), fail_on_warning),
    ],
)
def test_other_errors_of_aws_stop_the_deployment(check: Callable[[], object]) -> None:
    with pytest.raises(ClientError, match="ExpiredToken"):
        check()


def test_a_checked_account_gives_its_concurrency() -> None:
    clients = {"apigateway": create_api_gateway(ROLE), "lambda": create_lambda(build_account_settings(1000, 400))}
    assert check_account(clients.__getitem__, fail_on_warning) == {"account_concurrency": 400}


def test_a_missing_logging_role_is_reported_before_any_other_request() -> None:
    with pytest.raises(OperatorError, match="no logging role"):
        check_account({"apigateway": create_api_gateway({})}.__getitem__, fail_on_warning)


@pytest.mark.usefixtures("aws")
def test_the_command_checks_the_account_before_it_packages_or_applies_anything(tfvars: Path, home: Path) -> None:
    result = CliRunner().invoke(app, ["deploy", "--tfvars", str(tfvars), "--yes"])
    assert (result.exit_code, "aws apigateway update-account --region eu-west-3" in result.output) == (1, True)
    assert {file.name for file in home.iterdir()} <= {"terraform"}
