"""What AWS allows, at the largest that the variables let through."""

import json

import pytest

from tests.plan.conftest import FUNCTIONS, LARGEST
from tests.plan.planned import Plan

# AWS: quotas of each service, in characters.
LONGEST = {
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
# AWS: all inline policies of a role, without white space.
ROLE_POLICY = 10_240


@pytest.mark.parametrize("kind", LONGEST)
def test_every_name_fits(largest: Plan, kind: str) -> None:
    attribute, longest = LONGEST[kind]
    assert max(len(resource.values[attribute]) for resource in largest.of(kind)) <= longest


def test_the_prefix_is_as_long_as_it_may_be(largest: Plan) -> None:
    prefix = largest.of("aws_cloudwatch_event_bus")[0].values["name"]
    assert len(prefix) == 20, LARGEST


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_with_every_operation_in_every_region_fits(largest: Plan, function: str) -> None:
    (policy,) = [one for one in largest.of("aws_iam_role_policy") if one.module == f"module.home.module.{function}"]
    assert len(json.dumps(json.loads(policy.values["policy"]), separators=(",", ":"))) <= ROLE_POLICY


def test_every_event_source_runs_as_many_at_a_time_as_lambda_lets_it(largest: Plan) -> None:
    for mapping in largest.of("aws_lambda_event_source_mapping"):
        assert 2 <= mapping.values["scaling_config"][0]["maximum_concurrency"] <= 1000


def test_a_home_that_the_provider_has_never_heard_of_gets_all_its_functions(largest: Plan) -> None:
    assert {function.provider for function in largest.of("aws_lambda_function")} == {"aws.home"}
    assert len(largest.of("aws_lambda_function")) == len(FUNCTIONS)


def test_notifications_from_a_default_region_into_an_opt_in_one_come_by_the_queues_region(largest: Plan) -> None:
    (queue,) = [one for one in largest.of("aws_sqs_queue") if one.values["name"] == "as-long-as-it-may-be-bridge"]
    (admitted,) = [statement for statement in queue.policy() if statement["Effect"] == "Allow"]
    assert admitted["Principal"] == {"Service": "sns.ap-southeast-6.amazonaws.com"}
