"""AWS's limits, with the largest deployment that the variables allow."""

import json

import pytest

from tests.plan.conftest import FUNCTIONS, LARGEST
from tests.plan.terraform_plan import TerraformPlan

# AWS: quotas of each service, in characters.
MAX_NAME_LENGTHS = {
    "aws_api_gateway_rest_api": ("name", 1024),
    "aws_cloudwatch_event_bus": ("name", 256),
    "aws_cloudwatch_event_rule": ("name", 64),
    "aws_cloudwatch_log_group": ("name", 512),
    "aws_cloudwatch_metric_alarm": ("alarm_name", 255),
    "aws_dynamodb_table": ("name", 255),
    "aws_iam_role": ("name", 64),
    "aws_kms_alias": ("name", 256),
    "aws_lambda_function": ("function_name", 64),
    "aws_s3_bucket": ("bucket", 63),
    "aws_sns_topic": ("name", 256),
    "aws_sqs_queue": ("name", 80),
}
# AWS: all inline policies of a role together, in characters without white space.
MAX_ROLE_POLICY_LENGTH = 10_240


@pytest.mark.parametrize("resource_type", MAX_NAME_LENGTHS)
def test_every_name_fits(largest_plan: TerraformPlan, resource_type: str) -> None:
    attribute, max_length = MAX_NAME_LENGTHS[resource_type]
    lengths = [len(resource.values[attribute]) for resource in largest_plan.find_all(resource_type)]
    assert max(lengths) <= max_length


def test_the_prefix_has_its_maximum_length(largest_plan: TerraformPlan) -> None:
    prefix = largest_plan.find_all("aws_cloudwatch_event_bus")[0].values["name"]
    assert len(prefix) == 20, LARGEST


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_with_every_operation_in_every_region_fits(largest_plan: TerraformPlan, function: str) -> None:
    (policy,) = [
        policy
        for policy in largest_plan.find_all("aws_iam_role_policy")
        if policy.module == f"module.home.module.{function}"
    ]
    assert len(json.dumps(json.loads(policy.values["policy"]), separators=(",", ":"))) <= MAX_ROLE_POLICY_LENGTH


def test_the_concurrency_of_every_event_source_is_in_lambdas_range(largest_plan: TerraformPlan) -> None:
    for mapping in largest_plan.find_all("aws_lambda_event_source_mapping"):
        assert 2 <= mapping.values["scaling_config"][0]["maximum_concurrency"] <= 1000


def test_a_home_region_that_the_provider_does_not_know_has_all_functions(largest_plan: TerraformPlan) -> None:
    assert {function.provider for function in largest_plan.find_all("aws_lambda_function")} == {"aws.home"}
    assert len(largest_plan.find_all("aws_lambda_function")) == len(FUNCTIONS)


def test_into_an_opt_in_region_sns_may_send_with_its_regional_principal(largest_plan: TerraformPlan) -> None:
    queues = {queue.values["name"]: queue for queue in largest_plan.find_all("aws_sqs_queue")}
    policy = queues["as-long-as-it-may-be-bridge"].parse_policy()
    (sender,) = [statement for statement in policy if statement["Effect"] == "Allow"]
    assert sender["Principal"] == {"Service": ["sns.amazonaws.com", "sns.ap-southeast-6.amazonaws.com"]}
