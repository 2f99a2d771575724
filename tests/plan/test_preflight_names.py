"""The checks of an account know the names that a deployment takes, and how much of Lambda it uses."""

from pathlib import Path

import pytest
from rekbridge.deploy.preflight import read_settings
from rekbridge.deploy.preflight.limits import ROLES
from rekbridge.deploy.preflight.names import iterate_names

from tests.plan.conftest import EXAMPLE, LARGEST
from tests.plan.fake_aws import ACCOUNT
from tests.plan.terraform_plan import TerraformPlan

# A kind of the checks, and the attribute that is its name. A topic is found by its ARN.
KINDS = {
    "aws_cloudwatch_event_bus": ("event bus", "name"),
    "aws_cloudwatch_event_rule": ("rule", "name"),
    "aws_cloudwatch_log_group": ("log group", "name"),
    "aws_dynamodb_table": ("table", "name"),
    "aws_iam_role": ("role", "name"),
    "aws_kms_alias": ("key alias", "name"),
    "aws_lambda_function": ("function", "function_name"),
    "aws_s3_bucket": ("bucket", "bucket"),
    "aws_sns_topic": ("topic", "name"),
    "aws_sqs_queue": ("queue", "name"),
}


@pytest.mark.parametrize(("tfvars", "fixture"), [(EXAMPLE, "plan"), (LARGEST, "largest_plan")])
def test_the_names_of_the_checks_are_those_of_the_plan(
    tfvars: Path, fixture: str, request: pytest.FixtureRequest
) -> None:
    plan: TerraformPlan = request.getfixturevalue(fixture)
    settings = read_settings(tfvars, "x86_64")
    planned = set()
    for resource in plan.resources:
        if resource.type in KINDS:
            kind, attribute = KINDS[resource.type]
            region = settings.remote if resource.provider == "aws.remote" else settings.home
            planned.add((kind, resource.values[attribute], region))
    assert {
        (name.kind.title, name.name.rpartition(":")[2] if name.kind.title == "topic" else name.name, name.region)
        for name in iterate_names(settings, ACCOUNT)
    } == planned


def test_the_secret_has_the_name_that_the_checks_look_for(plan: TerraformPlan) -> None:
    (secret,) = plan.find_all("aws_secretsmanager_secret")
    assert secret.values["name"] == f"{read_settings(EXAMPLE, 'arm64').prefix}-ids"


def test_the_concurrency_of_the_checks_is_that_of_all_queues_and_one_for_each_other_function(
    plan: TerraformPlan,
) -> None:
    mappings = plan.find_all("aws_lambda_event_source_mapping")
    queues = sum(mapping.values["scaling_config"][0]["maximum_concurrency"] for mapping in mappings)
    consumers = {mapping.module for mapping in mappings}
    others = [function for function in plan.find_all("aws_lambda_function") if function.module not in consumers]
    assert read_settings(EXAMPLE, "arm64").concurrency == queues + len(others)


def test_the_checks_expect_every_role(plan: TerraformPlan) -> None:
    assert len(plan.find_all("aws_iam_role")) == ROLES
