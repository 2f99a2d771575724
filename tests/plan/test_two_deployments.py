"""Two deployments in one account and the same two regions: nothing of one has the name of the other's."""

import re
from itertools import chain

from rekbridge.terraform.evaluation import evaluate_expression

from tests.plan.conftest import SECOND
from tests.plan.terraform_plan import TerraformPlan

# What an account can have once by its name.
NAMES = ("name", "bucket", "function_name", "alarm_name")
# Named within something that has a name of its own.
WITHIN_A_PARENT = {"aws_iam_role_policy"}


def list_names(plan: TerraformPlan) -> set[tuple[str, str, str]]:
    """Type, provider and name of everything that is planned with a name."""
    return {
        (resource.type, resource.provider, resource.values[attribute])
        for resource in plan.resources
        for attribute in NAMES
        if isinstance(resource.values.get(attribute), str) and resource.type not in WITHIN_A_PARENT
    }


def test_no_two_resources_have_the_same_name(plan: TerraformPlan, second_plan: TerraformPlan) -> None:
    assert len(list_names(plan)) > 60
    assert not list_names(plan) & list_names(second_plan)


def test_every_name_begins_with_the_prefix(second_plan: TerraformPlan) -> None:
    for kind, _, name in list_names(second_plan):
        assert re.match(r"(/aws/(lambda|apigateway)/|alias/)?rekbridge-test(-|$)", name), (kind, name)


def test_no_setting_of_the_whole_account_is_changed(plan: TerraformPlan, second_plan: TerraformPlan) -> None:
    """The last deployment would win. The role with which API Gateway logs is one: an operator sets it once."""
    of_the_account = {
        "aws_api_gateway_account",
        "aws_s3_account_public_access_block",
        "aws_sns_sms_preferences",
        "aws_xray_encryption_config",
        "aws_xray_sampling_rule",
        "aws_ebs_encryption_by_default",
        "aws_iam_account_alias",
        "aws_cloudwatch_log_resource_policy",
        "aws_servicequotas_service_quota",
    }
    planned = {resource.type for resource in chain(plan.resources, second_plan.resources)}
    assert not planned & of_the_account


def test_a_deployment_limits_itself_to_its_part_of_the_quotas() -> None:
    operations = evaluate_expression(SECOND, "local.operations")
    rates = {name: {region: row["tps"] for region, row in one["regions"].items()} for name, one in operations.items()}
    assert rates == {"text": {"eu-west-1": 5}, "labels": {"eu-central-1": 0.5}}
