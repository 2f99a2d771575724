"""The preflight's search for names that are taken, and for the secret of the ids."""

from dataclasses import replace

import pytest
from rekbridge.deploy.preflight import DeployedState, DeploymentSettings, clashes, ids_secret
from rekbridge.deploy.preflight.credentials import Identity
from rekbridge.deploy.preflight.findings import Finding

from tests.unit.rekbridge.aws_account import (
    ACCOUNT,
    DEPLOYED,
    NOTHING_DEPLOYED,
    SETTINGS,
    USER,
    AwsAccount,
    Reply,
    fail_on_notice,
    reply_json,
    reply_xml_error,
)

ARN = f"arn:aws:secretsmanager:eu-west-3:{ACCOUNT}:secret:rekbridge-ids-a1b2c3"
SECRET = {"ARN": ARN, "Name": "rekbridge-ids", "CreatedDate": 1763000000.0}
SCHEDULED = reply_json(200, SECRET | {"DeletedDate": 1764000000.0})
EXISTING = reply_json(200, SECRET)
TOPIC = Reply(
    200,
    '<GetTopicAttributesResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><GetTopicAttributesResult><Attributes/>'
    "</GetTopicAttributesResult></GetTopicAttributesResponse>",
)
ROLE = Reply(
    200,
    '<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><Path>/</Path></Role>'
    "</GetRoleResult></GetRoleResponse>",
)


def find_taken(replies: dict[str, Reply]) -> list[Finding]:
    account = AwsAccount(replies)
    return clashes.check_names(SETTINGS, Identity(ACCOUNT, {}), account.create_client, fail_on_notice)


def test_an_empty_account_has_no_clash() -> None:
    assert find_taken({}) == []


@pytest.mark.parametrize(
    ("operation", "reply", "name"),
    [
        ("s3.HeadBucket", Reply(200), f"bucket rekbridge-media-{ACCOUNT}-eu-west-3 (eu-west-3)"),
        ("dynamodb.DescribeTable", reply_json(200, {"Table": {}}), "table rekbridge-library (eu-west-3)"),
        ("sqs.GetQueueUrl", reply_json(200, {"QueueUrl": "https://a"}), "queue rekbridge-work-text-dlq (eu-west-3)"),
        ("lambda.GetFunction", reply_json(200, {}), "function rekbridge-ingest (eu-west-3)"),
        ("iam.GetRole", ROLE, "role rekbridge-api (eu-west-3)"),
        (
            "cloudwatch-logs.DescribeLogGroups",
            reply_json(200, {"logGroups": [{"logGroupName": "/aws/lambda/rekbridge-ingest"}]}),
            "log group /aws/lambda/rekbridge-ingest (eu-west-3)",
        ),
        ("eventbridge.DescribeEventBus", reply_json(200, {"Name": "rekbridge"}), "event bus rekbridge (eu-west-3)"),
        ("eventbridge.DescribeRule", reply_json(200, {"Name": "a"}), "rule rekbridge-sweep (eu-west-3)"),
        ("sns.GetTopicAttributes", TOPIC, f"topic arn:aws:sns:eu-west-1:{ACCOUNT}:rekbridge-events (eu-west-1)"),
        (
            "kms.ListAliases",
            reply_json(200, {"Aliases": [{"AliasName": "alias/rekbridge-events"}], "Truncated": False}),
            "key alias alias/rekbridge-events (eu-west-1)",
        ),
    ],
)
def test_a_taken_name_is_found(operation: str, reply: Reply, name: str) -> None:
    (finding,) = find_taken({operation: reply})
    assert name in finding.problem
    assert "set another prefix" in finding.next_step


def test_a_log_group_with_a_longer_name_is_no_clash() -> None:
    longer = reply_json(200, {"logGroups": [{"logGroupName": "/aws/lambda/rekbridge-ingest-2"}]})
    assert find_taken({"cloudwatch-logs.DescribeLogGroups": longer}) == []


def test_what_is_left_over_comes_with_the_command_that_removes_it() -> None:
    left_over = reply_json(200, {"logGroups": [{"logGroupName": "/aws/lambda/rekbridge-sweep"}]})
    (finding,) = find_taken({"cloudwatch-logs.DescribeLogGroups": left_over})
    command = "aws logs delete-log-group --log-group-name /aws/lambda/rekbridge-sweep --region eu-west-3"
    assert command in finding.next_step


def test_a_bucket_of_somebody_else_is_named_as_such() -> None:
    findings = find_taken({"s3.HeadBucket@eu-west-1": Reply(403)})
    assert [f"rekbridge-staging-{ACCOUNT}-eu-west-1" in finding.problem for finding in findings] == [True]
    assert "403" in findings[0].problem


def test_without_permission_one_notice_names_it_and_the_other_names_are_checked() -> None:
    notices: list[str] = []
    denied = reply_xml_error(
        403,
        "AuthorizationError",
        f"{USER} is not authorized to perform: SNS:GetTopicAttributes on resource: arn:aws:sns:eu-west-1:{ACCOUNT}:a",
    )
    account = AwsAccount({"sns.GetTopicAttributes": denied, "iam.GetRole": ROLE})
    (finding,) = clashes.check_names(SETTINGS, Identity(ACCOUNT, {}), account.create_client, notices.append)
    assert "role rekbridge-api" in finding.problem
    assert ["sns:GetTopicAttributes" in notice for notice in notices] == [True]


def test_names_in_a_region_that_is_not_enabled_are_left_out() -> None:
    account = AwsAccount()
    identity = Identity(ACCOUNT, {"eu-west-1": "InvalidClientTokenId"})
    assert clashes.check_names(SETTINGS, identity, account.create_client, fail_on_notice) == []
    assert not [one for one in account.requested if one.endswith("@eu-west-1")]


def check_secret(reply: Reply | None, settings: DeploymentSettings, state: DeployedState) -> list[Finding]:
    account = AwsAccount({"secrets-manager.DescribeSecret": reply} if reply else {})
    return ids_secret.check_secret(
        settings, state, account.create_client("secretsmanager", "eu-west-3"), fail_on_notice
    )


EXISTING_SETTINGS = replace(SETTINGS, ids_secret_arn=ARN)


def test_a_secret_that_is_scheduled_for_deletion_is_named_with_the_command_that_restores_it() -> None:
    (finding,) = check_secret(SCHEDULED, SETTINGS, NOTHING_DEPLOYED)
    assert "aws secretsmanager restore-secret --secret-id rekbridge-ids --region eu-west-3" in finding.next_step
    assert f'ids_secret_arn = "{ARN}"' in finding.next_step


def test_a_secret_that_this_deployment_has_not_created_is_named() -> None:
    (finding,) = check_secret(EXISTING, SETTINGS, NOTHING_DEPLOYED)
    assert f'ids_secret_arn = "{ARN}"' in finding.next_step


def test_the_secret_of_a_deployment_is_no_clash() -> None:
    assert check_secret(EXISTING, SETTINGS, DEPLOYED) == []


def test_an_existing_secret_is_accepted() -> None:
    assert check_secret(EXISTING, EXISTING_SETTINGS, NOTHING_DEPLOYED) == []


def test_the_deployments_own_secret_is_refused_as_an_existing_one() -> None:
    (finding,) = check_secret(EXISTING, EXISTING_SETTINGS, DeployedState(True, frozenset({ARN})))
    assert "would destroy it" in finding.problem
    assert "Remove ids_secret_arn" in finding.next_step


@pytest.mark.parametrize(
    ("reply", "problem", "step"),
    [(None, "There is no secret", "list-secrets"), (SCHEDULED, "scheduled for deletion", "restore-secret")],
)
def test_an_existing_secret_that_cannot_be_read_is_found(reply: Reply | None, problem: str, step: str) -> None:
    (finding,) = check_secret(reply, EXISTING_SETTINGS, DEPLOYED)
    assert problem in finding.problem
    assert step in finding.next_step
