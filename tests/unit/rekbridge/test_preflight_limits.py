"""The preflight's checks of API Gateway's logging role, and of the room that Lambda and IAM have."""

from collections.abc import Callable
from typing import Any

import pytest
from rekbridge.deploy.preflight import limits
from rekbridge.support import paths

from tests.unit.rekbridge.aws_account import (
    LOGGING_ROLE,
    NO_LOGGING_ROLE,
    SETTINGS,
    USER,
    AwsAccount,
    Reply,
    fail_on_notice,
    reply_json,
    reply_lambda_settings,
    reply_role_count,
    reply_xml_error,
)

DENIED_ACCOUNT = reply_json(
    403,
    {
        "Message": f"{USER} is not authorized to perform: apigateway:GET on resource: "
        "arn:aws:apigateway:eu-west-3::/account"
    },
    "AccessDeniedException",
)
DENIED_SETTINGS = reply_json(
    403, {"Message": f"{USER} is not authorized to perform: lambda:GetAccountSettings"}, "AccessDeniedException"
)


def create_client(service: str, operation: str, reply: Reply, region: str = "eu-west-3") -> Any:
    return AwsAccount({operation: reply}).create_client(service, region)


def create_gateway(reply: Reply, region: str = "eu-west-3") -> Any:
    return create_client("apigateway", "api-gateway.GetAccount", reply, region)


def read_lambda(reply: Reply, notify: Callable[[str], None] = fail_on_notice) -> Any:
    return limits.read_lambda_settings(create_client("lambda", "lambda.GetAccountSettings", reply), notify)


def test_an_account_with_a_logging_role_has_no_finding() -> None:
    assert limits.check_logging_role(create_gateway(LOGGING_ROLE), fail_on_notice) == []


@pytest.mark.parametrize("account", [NO_LOGGING_ROLE, reply_json(200, {"cloudwatchRoleArn": ""})])
def test_a_missing_logging_role_is_found(account: Reply) -> None:
    (finding,) = limits.check_logging_role(create_gateway(account), fail_on_notice)
    assert "no logging role in eu-west-3" in finding.problem


@pytest.mark.parametrize(("region", "partition"), [("eu-west-3", "aws"), ("us-gov-east-1", "aws-us-gov")])
def test_the_commands_that_set_the_role_name_region_and_partition(region: str, partition: str) -> None:
    (finding,) = limits.check_logging_role(create_gateway(NO_LOGGING_ROLE, region), fail_on_notice)
    policy = f"arn:{partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    assert policy in finding.next_step
    assert f"aws apigateway update-account --region {region}" in finding.next_step


def test_the_runbook_has_the_same_commands() -> None:
    runbook = (paths.ROOT / "docs" / "operations.md").read_text()
    commands = limits.LOGGING_ROLE_COMMANDS.format(region="<home>", partition="aws").splitlines()
    assert [line for line in commands if line not in runbook] == []


def test_without_permission_to_read_the_role_there_is_a_notice_that_names_it() -> None:
    notices: list[str] = []
    assert limits.check_logging_role(create_gateway(DENIED_ACCOUNT), notices.append) == []
    assert "apigateway:GET on arn:aws:apigateway:eu-west-3::/account" in notices[0]


@pytest.mark.parametrize(("unreserved", "expected"), [(900, 900), (10, 10), (0, 10)])
def test_unreserved_concurrency_becomes_a_variable(unreserved: int, expected: int) -> None:
    account = read_lambda(reply_lambda_settings(1000, unreserved))
    assert limits.get_concurrency_variable(account) == {"account_concurrency": expected}


def test_without_permission_to_read_concurrency_terraforms_default_is_kept_with_a_notice() -> None:
    notices: list[str] = []
    assert limits.get_concurrency_variable(read_lambda(DENIED_SETTINGS, notices.append)) == {}
    assert "lambda:GetAccountSettings" in notices[0]
    assert "eu-west-3" in notices[0]


def test_too_little_concurrency_is_a_notice_with_the_command_that_raises_it() -> None:
    notices: list[str] = []
    account = read_lambda(reply_lambda_settings(total=100, unreserved=50))
    assert limits.check_lambda(account, SETTINGS, notices.append) == []
    assert "--service-code lambda --quota-code L-B99A9384 --desired-value 110 --region eu-west-3" in notices[0]


def test_enough_concurrency_gives_no_notice() -> None:
    account = read_lambda(reply_lambda_settings(total=60, unreserved=60))
    assert limits.check_lambda(account, SETTINGS, fail_on_notice) == []


def test_full_code_storage_is_found_with_the_command_that_raises_it() -> None:
    account = read_lambda(reply_lambda_settings(code=80_500_000_000))
    (finding,) = limits.check_lambda(account, SETTINGS, fail_on_notice)
    assert "80,500,000,000 of 80,530,636,800 bytes" in finding.problem
    assert "--quota-code L-2ACBD22F --desired-value 76" in finding.next_step


@pytest.mark.parametrize(("roles", "findings"), [(994, 0), (995, 1)])
def test_an_account_without_room_for_six_roles_is_found(roles: int, findings: int) -> None:
    client = create_client("iam", "iam.GetAccountSummary", reply_role_count(roles))
    assert len(limits.check_roles(client, fail_on_notice)) == findings


def test_without_permission_to_count_roles_there_is_a_notice() -> None:
    notices: list[str] = []
    denied = reply_xml_error(403, "AccessDenied", f"{USER} is not authorized to perform: iam:GetAccountSummary")
    assert limits.check_roles(create_client("iam", "iam.GetAccountSummary", denied), notices.append) == []
    assert "iam:GetAccountSummary" in notices[0]
