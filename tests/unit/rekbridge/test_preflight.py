"""The checks of an AWS account by `rekbridge deploy`, all together."""

from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from rekbridge.cli import app
from rekbridge.deploy.preflight import DeployedState, DeploymentSettings, check_account, read_settings
from rekbridge.deploy.preflight.settings import describe_state
from rekbridge.support.errors import OperatorError
from typer.testing import CliRunner

from tests.unit.rekbridge.aws_account import (
    ACCOUNT,
    DEPLOYED,
    NO_LOGGING_ROLE,
    NOT_IN_THIS_REGION,
    NOTHING_DEPLOYED,
    SETTINGS,
    UNREACHABLE,
    USER,
    AwsAccount,
    Reply,
    fail_on_notice,
    reply_identity,
    reply_json,
    reply_lambda_settings,
    reply_xml_error,
)


def check(
    account: AwsAccount, settings: DeploymentSettings = SETTINGS, state: DeployedState = NOTHING_DEPLOYED
) -> dict[str, int]:
    return check_account(settings, account.create_client, lambda: state, fail_on_notice)


def refuse(
    account: AwsAccount, settings: DeploymentSettings = SETTINGS, state: DeployedState = NOTHING_DEPLOYED
) -> OperatorError:
    with pytest.raises(OperatorError) as raised:
        check(account, settings, state)
    return raised.value


def test_an_account_that_is_ready_decides_the_concurrency() -> None:
    assert check(AwsAccount({"lambda.GetAccountSettings": reply_lambda_settings(unreserved=400)})) == {
        "account_concurrency": 400
    }


def test_all_findings_are_reported_together_each_with_its_step() -> None:
    account = AwsAccount(
        {
            "api-gateway.GetAccount": NO_LOGGING_ROLE,
            "sts.GetCallerIdentity@eu-central-1": NOT_IN_THIS_REGION,
            "s3.HeadBucket@eu-west-1": Reply(200),
        }
    )
    error = refuse(account, replace(SETTINGS, architecture="arm64", architectures=("x86_64",)))
    for problem in ("not confirmed", "eu-central-1 does not accept", "no logging role", "prefix rekbridge is in use"):
        assert problem in str(error)
    assert "for 4 reasons" in str(error)
    for step in ("--architecture x86_64", "enable-region", "update-account", "set another prefix"):
        assert step in error.next_step


def test_an_error_of_one_check_does_not_stop_the_others() -> None:
    account = AwsAccount(
        {
            "lambda.GetAccountSettings": reply_json(400, {"Message": "broken"}, "ServiceException"),
            "api-gateway.GetAccount": NO_LOGGING_ROLE,
        }
    )
    error = refuse(account)
    assert "broken" in str(error)
    assert "no logging role" in str(error)


def test_expired_credentials_are_the_only_finding() -> None:
    expired = reply_xml_error(403, "ExpiredToken", "The security token included in the request is expired")
    account = AwsAccount({"sts.GetCallerIdentity": expired})
    error = refuse(account)
    assert "have expired" in str(error)
    assert "aws sso login" in error.next_step
    assert account.requested == ["sts.GetCallerIdentity@eu-west-3"]


def test_without_credentials_the_operator_is_asked_to_sign_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    with pytest.raises(OperatorError, match="no AWS credentials"):
        check_account(SETTINGS, boto3.Session().client, lambda: NOTHING_DEPLOYED, fail_on_notice)


def test_credentials_that_no_region_accepts_are_unknown() -> None:
    error = refuse(AwsAccount({"sts.GetCallerIdentity": NOT_IN_THIS_REGION}))
    assert "AWS does not know your credentials" in str(error)


def test_another_account_than_the_variable_names_is_refused_before_anything_in_it_is_read() -> None:
    account = AwsAccount({"sts.GetCallerIdentity": reply_identity("999999999999")})
    error = refuse(account, replace(SETTINGS, account_id=ACCOUNT))
    assert "999999999999" in str(error)
    assert f"account_id is {ACCOUNT}" in str(error)
    assert {request.partition("@")[0] for request in account.requested} == {"sts.GetCallerIdentity"}


def test_the_account_that_the_variable_names_is_accepted() -> None:
    check(AwsAccount(), replace(SETTINGS, account_id=ACCOUNT))


@pytest.mark.parametrize("region", ["eu-west-3", "eu-west-1", "eu-central-1"])
def test_a_region_that_is_not_enabled_is_named_with_the_command_that_enables_it(region: str) -> None:
    error = refuse(AwsAccount({f"sts.GetCallerIdentity@{region}": NOT_IN_THIS_REGION}))
    assert f"{region} does not accept your credentials (InvalidClientTokenId)" in str(error)
    assert f"aws account enable-region --region-name {region}" in error.next_step


def test_a_region_that_cannot_be_reached_from_here_is_a_notice() -> None:
    notices: list[str] = []
    account = AwsAccount({"sts.GetCallerIdentity@eu-central-1": UNREACHABLE})
    check_account(SETTINGS, account.create_client, lambda: NOTHING_DEPLOYED, notices.append)
    assert ["Cannot reach eu-central-1" in notice for notice in notices] == [True]


def test_a_home_region_that_cannot_be_reached_ends_the_checks() -> None:
    assert "AWS cannot be reached" in str(refuse(AwsAccount({"sts.GetCallerIdentity": UNREACHABLE})))


def test_nothing_else_is_asked_of_a_home_region_that_is_not_enabled() -> None:
    account = AwsAccount({"sts.GetCallerIdentity@eu-west-3": NOT_IN_THIS_REGION})
    refuse(account)
    assert [one for one in account.requested if one.endswith("@eu-west-3")] == ["sts.GetCallerIdentity@eu-west-3"]


def test_a_refusal_by_the_organisation_is_a_finding() -> None:
    denied = reply_json(
        400,
        {
            "__type": "com.amazon.coral.service#AccessDeniedException",
            "Message": f"{USER} is not authorized to perform: dynamodb:DescribeTable on resource: "
            f"arn:aws:dynamodb:eu-west-3:{ACCOUNT}:table/rekbridge-library with an explicit deny in a service control "
            "policy",
        },
    )
    error = refuse(AwsAccount({"dynamodb.DescribeTable": denied}))
    assert "A policy of your organisation refuses" in str(error)
    assert "docs/permissions.md" in error.next_step


def test_a_deployed_state_keeps_its_names() -> None:
    taken = AwsAccount({"s3.HeadBucket": Reply(200), "iam.GetRole": Reply(500)})
    check(taken, state=DEPLOYED)
    assert "s3.HeadBucket@eu-west-3" not in taken.requested


def test_a_state_that_cannot_be_read_is_a_finding_beside_the_others() -> None:
    def fail() -> DeployedState:
        raise OperatorError("Terraform failed: no backend", "Fix it.")

    account = AwsAccount({"api-gateway.GetAccount": NO_LOGGING_ROLE})
    with pytest.raises(OperatorError, match="no backend") as raised:
        check_account(SETTINGS, account.create_client, fail, fail_on_notice)
    assert "no logging role" in str(raised.value)


def test_a_state_without_resources_is_not_deployed() -> None:
    assert describe_state({"format_version": "1.0"}) == NOTHING_DEPLOYED
    data = {"mode": "data", "type": "aws_caller_identity", "values": {}}
    assert describe_state({"values": {"root_module": {"resources": [data]}}}) == NOTHING_DEPLOYED


def test_a_secret_that_a_killed_apply_was_creating_has_no_name_yet() -> None:
    secret = {"mode": "managed", "type": "aws_secretsmanager_secret", "values": {"arn": None}}
    state = {"values": {"root_module": {"resources": [secret]}}}
    assert describe_state(state) == DeployedState(is_deployed=True)


def test_a_state_names_the_secrets_that_the_deployment_has_created() -> None:
    secret = {"mode": "managed", "type": "aws_secretsmanager_secret", "values": {"arn": "arn:a"}}
    module = {"child_modules": [{"child_modules": [{"resources": [secret]}]}]}
    assert describe_state({"values": {"root_module": module}}) == DeployedState(True, frozenset({"arn:a"}))


def test_the_settings_are_read_from_the_variables(tfvars: Path) -> None:
    with tfvars.open("a") as file:
        file.write('prefix = "kit"\nfunction_settings = { ingest = { concurrency = 4 } }\n')
    settings = read_settings(tfvars, "arm64")
    assert (settings.prefix, settings.operations, settings.regions) == ("kit", ("text",), ("eu-west-3", "eu-west-1"))
    # ANALYZE for text in eu-west-1: 50 a second, 0.525 s each; and the others.
    assert settings.concurrency == 27 + 4 + 5 + 10 + 1 + 1


@pytest.mark.usefixtures("aws")
def test_the_command_checks_the_account_before_it_packages_or_applies_anything(tfvars: Path, home: Path) -> None:
    result = CliRunner().invoke(app, ["deploy", "--tfvars", str(tfvars), "--yes"])
    assert result.exit_code == 1
    assert not (home / "packages").exists()
    assert not list(home.glob("deployments/*/terraform.tfstate"))
